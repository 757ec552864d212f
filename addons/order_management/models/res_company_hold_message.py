# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    """A company; here: whether customers hear that their order is held."""

    _inherit = "res.company"

    has_hold_messages = fields.Boolean(
        "Tell Customers of Held Orders",
        help="Customers are asked to get in touch when the review holds their order "
        "and nobody released it meanwhile.",
    )
    hold_message_minutes = fields.Integer(
        "Time to Release a Hold",
        default=60,
        help="Minutes. What is released within them is never told.",
    )
    hold_messages_since = fields.Datetime(
        readonly=True, help="Holds from before are left alone."
    )

    _hold_message_minutes_check = models.Constraint(
        "CHECK (hold_message_minutes >= 0)", "Minutes are not below zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._stamp_hold_messages(vals) for vals in vals_list])

    def write(self, vals):
        if not vals.get("has_hold_messages"):
            return super().write(vals)
        starting = self.filtered(lambda company: not company.has_hold_messages)
        if self - starting:
            super(ResCompany, self - starting).write(vals)
        if starting:
            super(ResCompany, starting).write(self._stamp_hold_messages(vals))
        return True

    @api.model
    def _stamp_hold_messages(self, vals):
        if not vals.get("has_hold_messages"):
            return vals
        return {"hold_messages_since": fields.Datetime.now(), **vals}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    has_hold_messages = fields.Boolean(
        related="company_id.has_hold_messages", readonly=False
    )
    hold_message_minutes = fields.Integer(
        related="company_id.hold_message_minutes", readonly=False
    )


class ExceptionRule(models.Model):
    _inherit = "exception.rule"

    tells_customer = fields.Boolean(
        "Customers May Know",
        default=True,
        help="Where the company tells customers of held orders: off for what they are "
        "not to hear of, such as suspected fraud.",
    )
