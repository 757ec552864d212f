# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelSettlementLine(models.Model):
    """One amount of a channel's statement."""

    _name = "channel.settlement.line"
    _description = "Settlement Line"
    _order = "settlement_id, sequence, id"
    _check_company_auto = True

    #: what the channel stated, against what we found out about it
    _STATEMENT_FIELDS = frozenset(
        ("settlement_id", "line_type", "amount", "external_id", "external_order_id")
    )

    settlement_id = fields.Many2one(
        "channel.settlement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="settlement_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(related="settlement_id.channel_id")
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    state = fields.Selection(related="settlement_id.state")
    sequence = fields.Integer(default=10)
    line_type = fields.Selection(
        [
            ("sale", "Sale"),
            ("refund", "Refund"),
            ("commission", "Commission"),
            ("service_fee", "Service fee"),
            ("shipping_fee", "Shipping fee"),
            ("payment_fee", "Payment fee"),
            ("voucher_seller", "Voucher borne by us"),
            ("voucher_channel", "Voucher borne by the channel"),
            ("penalty", "Penalty"),
            ("adjustment", "Adjustment"),
            ("withholding", "Withheld tax"),
            ("other", "Other"),
        ],
        "Type",
        required=True,
        default="sale",
    )
    name = fields.Char("Description")
    amount = fields.Monetary(
        required=True, help="Above zero what the channel owes us, below what it keeps."
    )
    occurred_at = fields.Datetime("Date")
    external_id = fields.Char(
        "Transaction", help="The channel's own identifier of this amount."
    )
    external_order_id = fields.Char("Channel Order", index="btree_not_null")
    sale_order_id = fields.Many2one(
        "sale.order", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    account_move_id = fields.Many2one(
        "account.move",
        "Invoice",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    match_state = fields.Selection(
        [
            ("to_match", "To match"),
            ("matched", "Matched"),
            ("short", "Paid too little"),
            ("over", "Paid too much"),
            ("missing", "Not paid"),
            ("unknown", "Unknown order"),
        ],
        "Match",
        required=True,
        default="to_match",
        index=True,
    )

    _external_uniq = models.UniqueIndex(
        "(settlement_id, external_id) WHERE external_id IS NOT NULL",
        "This amount is in the statement already.",
    )

    @api.depends("line_type", "external_order_id")
    def _compute_display_name(self):
        labels = dict(self._fields["line_type"]._description_selection(self.env))
        for line in self:
            label = labels.get(line.line_type, "")
            order = line.external_order_id or line.name
            line.display_name = f"{label} {order}" if order else label

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines to draft statements.

        :raises UserError: when the statement has been checked
        """
        lines = super().create(vals_list)
        lines.settlement_id._check_draft()
        return lines

    def write(self, vals):
        """Change lines; what the channel stated only in a draft.

        :raises UserError: when ``vals`` changes a checked statement
        """
        if self._STATEMENT_FIELDS.intersection(vals):
            self.settlement_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.settlement_id._check_draft()
