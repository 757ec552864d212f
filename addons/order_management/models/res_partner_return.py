# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResPartner(models.Model):
    """A customer; here: what they gave back."""

    _inherit = "res.partner"

    channel_return_count = fields.Integer(
        "Returns",
        compute="_compute_channel_return_count",
        groups="order_management.group_clerk,order_management.group_warehouse,"
        "order_management.group_accountant",
    )

    def _compute_channel_return_count(self):
        returns = self.env["channel.return"]
        for partner in self:
            partner.channel_return_count = returns.search_count(
                partner._get_return_domain()
            )

    def _get_return_domain(self):
        return [("partner_id", "child_of", self.ids)]

    def action_view_channel_returns(self):
        """Open what these customers and their addresses gave back."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_return_action"
        )
        return {**action, "domain": self._get_return_domain(), "context": {}}

    def _is_walkin(self, order):
        """Whether this is the customer that stands for unknown ones in a channel."""
        # whoever decides on returns need not read channels
        channel_sudo = order.sudo().sale_channel_id
        return bool(channel_sudo) and self == channel_sudo.walkin_partner_id
