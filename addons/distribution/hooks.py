# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
    "distribution_claim",
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
