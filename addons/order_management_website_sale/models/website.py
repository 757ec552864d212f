# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class Website(models.Model):
    """A website; its shop is a channel of the hub once one is linked."""

    _inherit = "website"

    sale_channel_ids = fields.One2many(
        "sale.channel",
        "website_id",
        "Order Channels",
        groups="order_management.group_clerk",
    )
    sale_channel_id = fields.Many2one(
        "sale.channel",
        "Order Channel",
        compute="_compute_sale_channel_id",
        inverse="_inverse_sale_channel_id",
        groups="order_management.group_clerk",
        help="Orders of the web shop belong to this channel; empty: to none.",
    )

    @api.depends("sale_channel_ids.active")
    def _compute_sale_channel_id(self):
        for website in self:
            website.sale_channel_id = website.sale_channel_ids[:1]

    def _inverse_sale_channel_id(self):
        for website in self:
            channel = website.sale_channel_id
            (website.sale_channel_ids - channel).website_id = False
            if channel and channel.website_id != website:
                channel.website_id = website

    def action_open_sale_channel(self):
        """Open the website's channel; make it where there is none."""
        self.ensure_one()
        channel = self.sale_channel_id or self.env["sale.channel"].create(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "website_id": self.id,
            }
        )
        return channel.get_formview_action()

    def _prepare_sale_order_values(self, partner_sudo):
        """Override of `website_sale`: a cart is born in the website's channel."""
        values = super()._prepare_sale_order_values(partner_sudo)
        # visitors have no rights on channels
        if channel_sudo := self.sudo().sale_channel_id:
            values["sale_channel_id"] = channel_sudo.id
        return values
