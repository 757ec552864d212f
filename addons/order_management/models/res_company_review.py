# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools


class ResCompany(models.Model):
    """A company; here: whether its new orders are reviewed."""

    _inherit = "res.company"

    review_orders = fields.Boolean(
        help="Rules look at every order before it is confirmed and hold those that "
        "somebody has to look at. A channel may differ."
    )

    # so that orders of a company that reviews nothing never ask for its channels
    has_review_channels = fields.Boolean("Channels Differ in Review", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get("review_orders") for vals in vals_list):
            self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if not {"review_orders", "has_review_channels"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    @tools.ormcache("self.id")
    def _get_reviewing(self):
        """Whether the company reviews its orders, ``{channel id: whether}`` of channels
        that differ; None where nothing is reviewed at all."""
        self_sudo = self.sudo()
        switched = {}
        if self_sudo.has_review_channels:
            channels = self.env["sale.channel"].sudo().with_context(active_test=False)
            own = channels.search(
                [("review_orders", "!=", False), ("company_id", "=", self.id)]
            )
            switched = {channel.id: channel.review_orders == "on" for channel in own}
        if not self_sudo.review_orders and not any(switched.values()):
            return None
        return self_sudo.review_orders, switched


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    review_orders = fields.Boolean(related="company_id.review_orders", readonly=False)
