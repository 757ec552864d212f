# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: carts older than this are left as they are when a website gets its channel
_ADOPTED_CART_DAYS = 30


class SaleChannel(models.Model):
    """A way of selling; here: one of Odoo's own websites."""

    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("website", "Website")], ondelete={"website": "set null"}
    )
    website_id = fields.Many2one(
        "website",
        check_company=True,
        copy=False,
        ondelete="set null",
        help="Orders of this website belong to the channel. A website has one channel "
        "at most.",
    )
    payment_hold_minutes = fields.Integer(
        "Hold Stock During Payment",
        default=0,
        help="Minutes for which the ordered quantities are held from the moment a "
        "customer of the website goes to pay, so that nobody else is promised them. "
        "0 holds nothing.",
    )

    _website_uniq = models.UniqueIndex(
        "(website_id) WHERE website_id IS NOT NULL AND active",
        "This website has a channel already. Open that one, or archive it first.",
    )
    _payment_hold_minutes_check = models.Constraint(
        "CHECK (payment_hold_minutes >= 0)",
        "Stock cannot be held for less than zero minutes.",
    )

    @api.onchange("website_id")
    def _onchange_website_id(self):
        if self.website_id:
            self.channel_type = "website"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("website_id"):
                vals.setdefault("channel_type", "website")
        channels = super().create(vals_list)
        channels._adopt_carts()
        return channels

    def write(self, vals):
        if vals.get("website_id"):
            # a channel that gave the website up just now does so first: one statement
            # for both would meet the index
            self.flush_model(["website_id", "active"])
        result = super().write(vals)
        if vals.get("website_id") or vals.get("active"):
            self._adopt_carts()
        return result

    def _adopt_carts(self):
        """Give carts that are open on the channels' websites their channel.

        They become orders of the website like those of tomorrow.
        """
        for channel in self.filtered(lambda channel: channel.website_id):
            carts_sudo = (
                self.env["sale.order"].sudo().search(channel._get_cart_domain())
            )
            carts_sudo.with_context(tracking_disable=True).sale_channel_id = channel

    def _get_cart_domain(self):
        """Carts of the channel's website that nobody has begun to approve."""
        since = fields.Datetime.now() - timedelta(days=_ADOPTED_CART_DAYS)
        return (
            Domain("website_id", "=", self.website_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "draft")
            & Domain("approval_state", "=", "none")
            & Domain("sale_channel_id", "=", False)
            & Domain("date_order", ">=", since)
        )
