# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleChannel(models.Model):
    """A way of selling; here: one or several tills."""

    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("pos", "Point of Sale")], ondelete={"pos": "set null"}
    )
    pos_config_ids = fields.One2many(
        "pos.config",
        "sale_channel_id",
        "Points of Sale",
        groups="point_of_sale.group_pos_user",
        help="Their sales belong to this channel from now on.",
    )
    pos_order_count = fields.Integer("POS Orders", compute="_compute_pos_order_count")

    def _compute_pos_order_count(self):
        # the hub's people see that there are sales without having a till themselves
        counts = dict(
            self.env["pos.order"]
            .sudo()
            ._read_group(
                [("sale_channel_id", "in", self.ids), ("state", "!=", "draft")],
                ["sale_channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.pos_order_count = counts.get(channel._origin, 0)

    def action_view_pos_orders(self):
        """Open what the tills of these channels sold, on the list of all orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_hub_action"
        )
        domain = [("channel_id", "in", self.ids), ("pos_state", "!=", False)]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def _get_company_bound_fields(self):
        """Override of `order_management`: tills and their sales stay, too."""
        return [
            *super()._get_company_bound_fields(),
            ("pos.config", "sale_channel_id"),
            ("pos.order", "sale_channel_id"),
        ]
