# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderRequest(models.Model):
    """What a customer asked for about an order: a change, its end, goods back."""

    _name = "order.request"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Customer Request"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "new": ("accepted", "refused", "done"),
        "accepted": ("done", "refused"),
    }

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(
        related="order_id.sale_channel_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True
    )
    kind = fields.Selection(
        [("change", "Change"), ("cancel", "Cancel"), ("return", "Return")],
        required=True,
        readonly=True,
    )
    text = fields.Text("Customer's Words", readonly=True)
    reason_id = fields.Many2one(
        "channel.return.reason",
        "Reason of Return",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    line_ids = fields.One2many("order.request.line", "request_id", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("done", "Done"),
        ],
        group_expand="_group_expand_state",
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
    )
    answer = fields.Text(
        "Answer to the Customer",
        copy=False,
        help="Shown on the customer's page and sent along with the decision.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index="btree_not_null",
        tracking=True,
    )
    return_id = fields.Many2one(
        "channel.return", readonly=True, ondelete="set null", index="btree_not_null"
    )
    nonce = fields.Char(
        readonly=True,
        copy=False,
        help="Tells a form that is sent again from a new request.",
    )

    _nonce_uniq = models.UniqueIndex(
        "(order_id, nonce) WHERE nonce IS NOT NULL", "This was sent already."
    )

    @api.depends("kind", "order_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.display_name = (
                f"{request.order_id.name}: {labels.get(request.kind, '')}"
            )

    def action_accept(self):
        """Do what the customers want: cancelled is at once, the rest is somebody's.

        :raises AccessError: for everybody but clerks
        :raises UserError: decided already, or the order cannot be cancelled any more
        """
        self._check_decision_allowed()
        cancelling = self.filtered(lambda request: request.kind == "cancel")
        for request in cancelling:
            request._check_still_cancellable()
        cancelling._transition("done")
        cancelling._cancel_orders()
        (self - cancelling)._transition("accepted")
        self._tell_answer()
        return True

    def action_refuse(self):
        """Turn the customers down, with the answer for the reason.

        :raises AccessError: for everybody but clerks
        :raises UserError: without an answer, or it is decided already
        """
        self._check_decision_allowed()
        silent = self.filtered(lambda request: not (request.answer or "").strip())
        if silent:
            raise UserError(
                self.env._(
                    "Write in the answer of “%(name)s” why not: the customer reads it.",
                    name=silent[0].display_name,
                )
            )
        self._transition("refused")
        self._tell_answer()
        return True

    def action_done(self):
        """What was asked for has been done."""
        self._check_decision_allowed()
        self._transition("done")
        self._tell_answer()
        return True

    def action_open_order(self):
        """Open the order that the request is about."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    def _check_decision_allowed(self):
        self.check_access("write")
        # whoever decides changes the order as well
        (self.order_id | self.part_ids.order_id).check_access("write")

    def _tell_answer(self):
        """The customer reads the decision; the activity is done."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for request in self:
            if request.kind == "cancel" and request.state == "done":
                continue  # that the order was cancelled is a message of its own
            # what was accepted may be refused later on: that is another answer
            refused = "-refused" if request.state == "refused" else ""
            request.order_id._tell_customer(
                "request_answered", f"{request.id}{refused}"
            )
