# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderTransferMixin(models.AbstractModel):
    """A wish to move a part of one limit to another, until somebody decides.

    What is moved, and by whom it may be decided, is the model's: see
    `_get_asked_fields` and `_check_decision_allowed`.
    """

    _name = "order.transfer.mixin"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Transfer between Limits"

    _TRANSITIONS = {
        "draft": ("requested", "cancelled"),
        "requested": ("done", "refused", "cancelled"),
    }

    reason = fields.Text(required=True)
    refusal = fields.Text("Refused Because", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Waits for approval"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)

    def write(self, vals):
        """:raises UserError: what is asked for is changed after it was decided"""
        if self._get_asked_fields() & vals.keys() and any(
            transfer.state not in ("draft", "requested") for transfer in self
        ):
            raise UserError(
                self.env._("This transfer is decided. Make a new one for a change.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(transfer.state == "done" for transfer in self):
            raise UserError(
                self.env._("A transfer that was carried out stays as history.")
            )

    @api.model
    def _get_asked_fields(self):
        """Names of the fields that say what is asked for: fixed once decided."""
        return {"source_id", "target_id"}

    def _check_decision_allowed(self):
        """:raises AccessError: the user may not decide on these"""
        self.check_access("read")

    def action_request(self):
        """Ask for approval; any number of transfers at once."""
        self.check_access("write")
        self._transition("requested")
        return True

    def action_refuse(self, reason=None):
        """Refuse what was asked for.

        :raises AccessError: the user may not decide on it
        """
        self._check_decision_allowed()
        # who decides need not be allowed to change the wish
        self.sudo()._transition("refused", (reason or "").strip() or None)
        return True

    def action_cancel(self):
        """Take the wish back."""
        self.check_access("write")
        self._transition("cancelled")
        return True

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        if target == "requested":
            vals["requested_by_id"] = self.env.uid
        if target in ("done", "refused"):
            vals |= {
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "refusal": reason if target == "refused" else False,
            }
        return vals
