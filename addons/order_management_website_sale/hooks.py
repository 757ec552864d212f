# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.order_management.hooks import keep_used_channels


def uninstall_hook(env):
    """Let channels that sold something stay."""
    keep_used_channels(env, "order_management_website_sale")
