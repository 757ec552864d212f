# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.figures import plain_figure


class OrderQuotaChange(models.TransientModel):
    """Raise or cut the limits of quotas, with a reason."""

    _name = "order.quota.change"
    _description = "Raise or Cut Quotas"

    quota_ids = fields.Many2many(
        "order.quota", default=lambda self: self.env.context.get("active_ids")
    )
    mode = fields.Selection(
        [
            ("add", "Add to the limit"),
            ("cut", "Take from the limit"),
            ("set", "New limit"),
            ("percent", "Change by percent"),
        ],
        required=True,
        default="add",
    )
    value = fields.Float(digits=0, min_display_digits="Product Unit", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Change the limits; each change is kept in the history with its reason.

        :raises UserError: no quota, or a limit below what is used
        """
        self.ensure_one()
        if not self.quota_ids:
            raise UserError(self.env._("Choose the quotas to be changed first."))
        quotas = self.quota_ids.with_context(order_management_limit_reason=self.reason)
        for quota in quotas.sorted("id"):
            quota.limit_qty = self._get_limit(quota)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _get_limit(self, quota):
        limits = {
            "add": quota.limit_qty + self.value,
            "cut": quota.limit_qty - self.value,
            "set": self.value,
            "percent": quota.limit_qty * (1 + self.value / 100),
        }
        limit = round(limits[self.mode], 6)
        if limit < 0:
            raise UserError(
                self.env._(
                    "“%(quota)s” has a limit of %(limit)s: no more than that can be "
                    "taken.",
                    quota=quota.name,
                    limit=plain_figure(quota.limit_qty),
                )
            )
        return limit
