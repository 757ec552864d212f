# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ChannelReturn(models.Model):
    """A customer's wish to give goods of one or several orders back."""

    _name = "channel.return"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Return"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "external_id"]

    _TRANSITIONS = {
        "requested": ("approved", "refused", "cancelled"),
        "approved": ("to_receive", "closed", "cancelled"),
        "to_receive": ("received", "cancelled"),
        "received": ("inspected",),
        "inspected": ("closed",),
    }
    #: what a decision is about, and what settling it wrote
    _DECIDED_FIELDS = frozenset(
        (
            "company_id",
            "currency_id",
            "fee_amount",
            "goods_back",
            "partner_id",
            "return_type",
            "settled_at",
        )
    )

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    channel_id = fields.Many2one(
        "sale.channel", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    external_id = fields.Char(
        "External ID", copy=False, help="The channel's own identifier of the return."
    )
    return_type = fields.Selection(
        [
            ("return_refund", "Return and refund"),
            ("refund_only", "Refund only"),
            ("exchange", "Exchange"),
            ("replacement", "Replacement"),
            ("repair", "Repair"),
        ],
        required=True,
        default="return_refund",
        tracking=True,
        help="What the customer wants.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("to_receive", "To receive"),
            ("received", "Received"),
            ("inspected", "Inspected"),
            ("closed", "Closed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        group_expand="_group_expand_state",
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
    )
    requested_at = fields.Datetime(
        required=True, default=fields.Datetime.now, copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many("channel.return.line", "return_id", "Lines", copy=True)
    order_ids = fields.Many2many(
        "sale.order", string="Orders", compute="_compute_order_ids"
    )
    order_count = fields.Integer(compute="_compute_order_ids")
    refund_amount = fields.Monetary("Refund", compute="_compute_refund_amount")
    decision_note = fields.Text(
        copy=False, help="Why the return was approved or refused, for the history."
    )
    note = fields.Html("Customer's Words")

    _channel_external_uniq = models.UniqueIndex(
        "(channel_id, external_id) WHERE external_id IS NOT NULL",
        "This channel's return has been entered already.",
    )
    _external_id_check = models.Constraint(
        "CHECK (external_id IS NULL OR channel_id IS NOT NULL)",
        "An external identifier needs the channel it belongs to.",
    )

    @api.depends("line_ids.order_id")
    def _compute_order_ids(self):
        for record in self:
            record.order_ids = record.line_ids.order_id
            record.order_count = len(record.order_ids)

    @api.depends("line_ids.refund_amount")
    def _compute_refund_amount(self):
        for record in self:
            record.refund_amount = sum(record.line_ids.mapped("refund_amount"))

    @api.model_create_multi
    def create(self, vals_list):
        """Number returns by their company's sequence."""
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name)
        return super().create(vals_list)

    def write(self, vals):
        """Override: what was decided on is not turned into something else.

        :raises UserError: when ``vals`` changes what the decision was about
        """
        if self._DECIDED_FIELDS.intersection(vals):
            self.filtered(lambda r: r.state != "requested")._refuse_by_hand()
        return super().write(vals)

    def _refuse_by_hand(self):
        """:raises UserError: a person changes what only the buttons do"""
        if self and not self.env.su:
            raise UserError(
                self.env._(
                    "Return %(name)s is decided: its lines stay as they are. Enter a "
                    "new return for more goods.",
                    name=self[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = self.filtered(lambda r: r.state not in ("requested", "cancelled"))
        if decided:
            raise UserError(
                self.env._(
                    "Return %(name)s has been decided on and stays as history. Only "
                    "requested and cancelled returns can be deleted.",
                    name=decided[0].name,
                )
            )

    def action_approve(self):
        """Let the customer send the approved quantities back.

        :raises AccessError: for everybody but reviewers
        :raises UserError: when there is nothing to approve, or it is decided already
        """
        self._check_decision_allowed()
        empty = self.filtered(lambda r: not any(r.line_ids.mapped("approved_qty")))
        if empty:
            raise UserError(
                self.env._(
                    "Return %(name)s has no approved quantity. Enter what may come "
                    "back on its lines, or refuse it.",
                    name=empty[0].name,
                )
            )
        for note, records in self.grouped("decision_note").items():
            records._transition("approved", note)
        return True

    def action_refuse(self):
        """Turn the customer's wish down, for the reason in the decision note.

        :raises AccessError: for everybody but reviewers
        :raises UserError: without a note, or when it is decided already
        """
        self._check_decision_allowed()
        silent = self.filtered(lambda r: not (r.decision_note or "").strip())
        if silent:
            raise UserError(
                self.env._(
                    "Say in the decision note of %(name)s why it is refused: the "
                    "customer will ask.",
                    name=silent[0].name,
                )
            )
        for note, records in self.grouped("decision_note").items():
            records._transition("refused", note)
        return True

    def action_cancel(self):
        """Drop the return: the customer keeps the goods, or it was a mistake."""
        self.check_access("write")
        self._transition("cancelled")
        return True

    def action_view_orders(self):
        """Open the orders that goods come back from."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        return {**action, "domain": [("id", "in", self.order_ids.ids)], "context": {}}

    def _check_decision_allowed(self):
        self.check_access("write")
        if not self.env.user.has_group("order_management.group_reviewer"):
            raise AccessError(
                self.env._(
                    "Only reviewers decide on returns. Ask one of them, or leave an "
                    "activity on the return."
                )
            )

    def _prepare_event_vals(self):
        """Override of ``order.event.mixin``: the order, where there is just one."""
        vals = super()._prepare_event_vals()
        return {**vals, "order_id": self.order_count == 1 and self.order_ids.id}
