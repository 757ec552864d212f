# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def uninstall_hook(env):
    """Employee expenses stay; what they counted on may go before this column does."""
    expenses = env["hr.expense"]
    expenses.flush_model(["sales_expense_id"])
    # SQL: no budget is reckoned anew for a column that is deleted next
    env.cr.execute(
        "UPDATE hr_expense SET sales_expense_id = NULL"
        " WHERE sales_expense_id IS NOT NULL"
    )
    expenses.invalidate_model(["sales_expense_id"])
