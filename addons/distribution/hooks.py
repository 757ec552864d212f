# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
    "expense_budget_move",
    "sales_expense_actual",
    "expense_budget_release",
    "expense_budget_transfer",
    "sales_expense_step",
    "sales_expense_line",
    "sales_expense",
    "sales_expense_rule",
    "expense_budget_plan",
    "expense_budget_line",
    "expense_budget",
    "distribution_scorecard_line",
    "distribution_scorecard",
    "distribution_scorecard_template_line",
    "distribution_scorecard_template",
    "sales_expense_type",
    "distribution_supply_link",
    "distribution_member",
    "distribution_territory",
    "distribution_outlet_class",
    "distribution_tier",
    "distribution_level",
)


def uninstall_hook(env):
    """Let the network go; partners, orders and invoices stay."""
    env.flush_all()
    # history may go with the addon only
    env.cr.execute("SET LOCAL order_management.archive = 'on'")
    env.cr.execute(
        "UPDATE account_move_line SET sales_expense_id = NULL"
        " WHERE sales_expense_id IS NOT NULL"
    )
    env.cr.execute(
        "UPDATE sale_order_line SET sales_expense_id = NULL"
        " WHERE sales_expense_id IS NOT NULL"
    )
    env.cr.execute("UPDATE res_company SET budget_plan_id = NULL")
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
