# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
    "distribution_ledger",
    "distribution_report",
    "distribution_stock_count",
    "distribution_stock",
    "distribution_stock_book",
    "distribution_target",
    "distribution_order",
    "distribution_sku_map",
    "distribution_application",
    "distribution_contract",
    "distribution_statement_line",
    "distribution_statement",
    "distribution_cash_handover",
    "distribution_cash",
    "distribution_cash_holder",
    "distribution_collection_plan_line",
    "distribution_collection_plan",
    "distribution_credit_raise",
    "distribution_credit_guarantee",
    "distribution_credit",
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
    "distribution_claim",
    "distribution_supply_link",
    "distribution_member_distinct_rel",
    "distribution_member",
    "distribution_territory_owner",
    "distribution_territory",
    "distribution_outlet_class",
    "distribution_tier",
    "distribution_level",
    "distribution_network",
)


def uninstall_hook(env):
    """Let the network go; partners, orders and invoices stay."""
    env.flush_all()
    # append-only history may go with the addon only
    env.cr.execute("SET LOCAL order_management.archive = 'on'")
    _release_quotas(env)
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
    _keep_centres(env)
    env.invalidate_all()


def _keep_centres(env):
    """The demo's responsibility centres stay: the books have entries of them."""
    env["ir.model.data"].search(
        [
            ("module", "=", "distribution"),
            ("model", "in", ("account.analytic.plan", "account.analytic.account")),
        ]
    ).unlink()


def _release_quotas(env):
    """Quotas of the network are closed; what they counted stays in their history.

    Without the network nobody can tell any more whose orders they would count.
    """
    env.cr.execute(
        "UPDATE order_quota q SET scope_type = 'customer', state = 'closed',"
        " partner_id = m.partner_id, scope_key = 'customer:' || m.partner_id,"
        " member_id = NULL"
        " FROM distribution_member m WHERE m.id = q.member_id"
    )
    env.cr.execute(
        "UPDATE order_quota SET scope_type = 'company', state = 'closed',"
        " scope_key = 'company:', territory_id = NULL, tier_id = NULL,"
        " tree_member_id = NULL"
        " WHERE scope_type IN ('territory', 'tier', 'member_tree')"
    )
