# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: Kinds that leave the lines and addresses of the order as they are.
_BESIDE_ORDER = ("status", "refund", "note")


class ChannelOrderChange(models.Model):
    """One thing that a channel changed when it was too late to follow by itself.

    Both versions stand side by side until a person accepts or rejects.
    """

    _name = "channel.order.change"
    _description = "Change from Channel"
    _order = "id desc"
    _rec_name = "label"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    channel_order_id = fields.Many2one(
        "channel.order", "Inbox Row", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(
        related="order_id.sale_channel_id", store=True, precompute=True
    )
    kind = fields.Selection(
        [
            ("cancel", "Cancellation"),
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("add", "New line"),
            ("remove", "Line removed"),
            ("shipping", "Delivery address"),
            ("invoice", "Invoice address"),
            ("status", "Shipped or returned"),
            ("refund", "Refund"),
            ("note", "Other"),
        ],
        required=True,
        readonly=True,
    )
    label = fields.Char("What", required=True, readonly=True)
    current = fields.Text("Here", readonly=True)
    proposed = fields.Text("On the Channel", readonly=True)
    value = fields.Json(readonly=True)
    is_raise = fields.Boolean(
        readonly=True, help="More would leave than was approved: a reviewer decides."
    )
    state = fields.Selection(
        [
            ("pending", "To decide"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("outdated", "Outdated"),
        ],
        required=True,
        readonly=True,
        default="pending",
        help="Outdated: the channel sent a newer version before anybody decided.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _pending_idx = models.Index("(order_id) WHERE state = 'pending'")

    def action_accept(self):
        """Take over the channel's version, any number of changes at once.

        :raises AccessError: for everybody but clerks; raises of what was approved need
            a reviewer
        :raises UserError: decided already, or not possible any more
        """
        self._check_decision_allowed()
        if any(change.is_raise for change in self):
            raising = self.filtered("is_raise").order_id
            if "explicit" in raising.mapped("approval_mode"):
                self.env["sale.order"]._check_reviewer()
        for order, changes in self.grouped("order_id").items():
            if order.locked and any(c.kind not in _BESIDE_ORDER for c in changes):
                raise UserError(
                    self.env._("Unlock %(order)s first.", order=order.display_name)
                )
            values = [change._prepare_values() for change in changes]
            self._apply([(order, values)], accepted=True)
        self.sudo()._decide("accepted")
        return True

    def action_reject(self):
        """Keep what stands here.

        :raises AccessError: for everybody but clerks
        :raises UserError: decided already
        """
        self._check_decision_allowed()
        self.sudo()._decide("rejected")
        return True

    def _check_decision_allowed(self):
        if not self.env.user.has_group("order_management.group_clerk"):
            raise AccessError(
                self.env._("Deciding on changes needs the right Order Hub: Clerk.")
            )
        self.check_access("read")
        self.order_id.check_access("write")
        if any(change.state != "pending" for change in self):
            raise UserError(
                self.env._(
                    "Some of these changes are decided already: reload the page."
                )
            )

    def _prepare_values(self):
        return {"kind": self.kind, "value": self.value, "is_raise": self.is_raise}

    def _decide(self, state):
        if not self:
            return
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        reasons = {
            order.id: ", ".join(f"{change.label}: {state}" for change in changes)[:2000]
            for order, changes in self.grouped("order_id").items()
        }
        self.order_id._log_event("update", reason=reasons)
