# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    """A company; here: what its customers hear and see of their orders."""

    _inherit = "res.company"

    has_customer_messages = fields.Boolean(
        "Messages to Customers",
        help="Customers hear by themselves that an order was received, shipped, "
        "delayed or cancelled. Orders from before this was switched on stay silent.",
    )
    customer_messages_since = fields.Datetime(
        readonly=True, help="Orders from before are left alone."
    )
    tracking_days = fields.Integer(
        "Tracking Links End After",
        default=90,
        help="Days after the last delivery.",
    )

    _tracking_days_check = models.Constraint(
        "CHECK (tracking_days > 0)", "A tracking link works for a day at least."
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._stamp_messages_since(vals) for vals in vals_list])

    def write(self, vals):
        if not vals.get("has_customer_messages"):
            return super().write(vals)
        starting = self.filtered(lambda company: not company.has_customer_messages)
        if not starting:
            return super().write(vals)
        if self - starting:
            super(ResCompany, self - starting).write(vals)
        return super(ResCompany, starting).write(self._stamp_messages_since(vals))

    @api.model
    def _stamp_messages_since(self, vals):
        if not vals.get("has_customer_messages"):
            return vals
        return {"customer_messages_since": fields.Datetime.now(), **vals}
