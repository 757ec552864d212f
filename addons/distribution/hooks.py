# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
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
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
