# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from odoo.addons.order_management.hooks import keep_used_channels


def uninstall_hook(env):
    """Let tills and sales go on without their channels, and used channels stay."""
    keep_used_channels(env, "order_management_point_of_sale")
    for table in ("pos_config", "pos_order"):
        env.cr.execute(
            SQL("UPDATE %s SET sale_channel_id = NULL", SQL.identifier(table))
        )
    env.invalidate_all()
