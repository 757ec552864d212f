# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionAskReason(models.TransientModel):
    """Asks why, then calls the method of the records it was opened for."""

    _name = "distribution.ask.reason"
    _description = "Ask for a Reason"

    #: what may be called, and on which model
    _METHODS = {
        "distribution.order": ("action_refuse", "action_cancel", "action_close"),
        "distribution.stock.count": ("action_reopen",),
    }

    reason = fields.Char(required=True)

    def action_apply(self):
        """Call the method that the context names, with the reason."""
        self.ensure_one()
        model = self.env.context.get("active_model")
        method = self.env.context.get("distribution_method")
        if method not in self._METHODS.get(model, ()):
            return False
        records = self.env[model].browse(self.env.context.get("active_ids") or [])
        getattr(records, method)(self.reason)
        return {"type": "ir.actions.act_window_close"}
