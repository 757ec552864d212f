# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .channel_return_settle import REFUNDED


class ChannelReturnLine(models.Model):
    """A line of a return; here: what it is worth to the customer."""

    _inherit = "channel.return.line"

    credit_qty = fields.Float(
        "Credited",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What of the line is given back to the customer, since it was settled.",
    )

    def write(self, vals):
        """Override: what is given back is changed by those who settle, until then.

        :raises AccessError: decided on, and neither a reviewer nor an accountant
        :raises UserError: settled already
        """
        if "refund_amount" in vals and not self.env.su:
            decided = self.return_id.filtered(lambda r: r.state != "requested")
            if decided:
                decided._check_settle_allowed()
                decided.filtered("settled_at")._refuse_by_hand()
        return super().write(vals)

    def _is_to_credit(self):
        """Whether a credit note of the order line's may be about this line."""
        self.ensure_one()
        if self.return_id.settled_at:
            return bool(self.credit_qty)
        if self._get_arrived_moves():
            return False  # decided on when it is settled
        return self.return_type in ("refund_only", "return_refund")

    def _get_agreed_qty(self):
        """What the customer is to get something for, at this moment."""
        self.ensure_one()
        record = self.return_id
        if not record.goods_back or self.product_id.type == "service":
            return self.approved_qty
        if record.state in ("approved", "to_receive"):
            return self.approved_qty
        if record.state == "received":
            return self.received_qty
        return self.accepted_qty

    def _get_worth(self):
        """What the agreed quantity was sold for: after the line's discounts and its
        share of the order's, with taxes; no more than is left of the line."""
        self.ensure_one()
        sold = self.sale_line_id
        if not sold or not sold.product_uom_qty:
            return 0.0
        quantity = self.uom_id._compute_quantity(
            self.credit_qty, sold.product_uom_id, round=False
        )
        whole = sold.price_total * sold.order_id._get_paid_share(sold)
        worth = self.currency_id.round(whole * quantity / sold.product_uom_qty)
        return max(min(worth, whole - self._get_refunded_before()), 0.0)

    def _get_refunded_before(self):
        """What other returns of the same order line gave back."""
        others = self.sale_line_id.channel_return_line_ids - self
        return sum(
            other.refund_amount
            for other in others
            if other.return_id.settled_at and other.return_type in REFUNDED
        )

    def _check_refund(self):
        """:raises UserError: more would be given back than was paid"""
        self.ensure_one()
        sold, currency = self.sale_line_id, self.currency_id
        if not sold or not self.refund_amount:
            return
        left = sold.price_total - self._get_refunded_before()
        record = self.return_id
        if record.goods_back and not record.external_id and sold.product_uom_qty:
            # an amount that was agreed on for more goods than were accepted
            units = self.uom_id._compute_quantity(
                self.credit_qty, sold.product_uom_id, round=False
            )
            worth = currency.round(sold.price_total * units / sold.product_uom_qty)
            left = min(left, worth)
        if currency.compare_amounts(self.refund_amount, left) > 0:
            raise UserError(
                self.env._(
                    "%(product)s of order %(order)s: %(left)s can still be given back, "
                    "not %(amount)s. Lower the refund in return %(name)s.",
                    product=self.product_id.display_name,
                    order=self.order_id.name,
                    left=formatLang(self.env, max(left, 0), currency_obj=currency),
                    amount=formatLang(
                        self.env, self.refund_amount, currency_obj=currency
                    ),
                    name=self.return_id.name,
                )
            )

    def _is_customers_fault(self):
        self.ensure_one()
        found = self.inspection_ids.filtered("responsible_party")[:1]
        party = found.responsible_party or self.reason_id.responsible_party
        return party in (False, "customer")

    def _get_fee(self):
        """The restocking fee that is kept, where the cause is the customer's."""
        self.ensure_one()
        percent = self._get_policy().restocking_fee
        if not percent or not self._is_customers_fault():
            return 0.0
        return self.currency_id.round(self.refund_amount * percent / 100)

    def _get_freight_charge(self):
        """What the customer bears of the way back."""
        self.ensure_one()
        policy = self._get_policy()
        if not self.return_id.goods_back or policy.freight_payer == "company":
            return 0.0
        if policy.freight_payer == "fault" and not self._is_customers_fault():
            return 0.0
        return policy.freight_amount

    def _prepare_new_line(self):
        """A line of the new order; None where nothing is sent for this one."""
        self.ensure_one()
        quantity = self._get_agreed_qty()
        if not quantity:
            return None
        if self.return_type == "replacement":
            return {
                "product_id": self.product_id.id,
                "product_uom_id": self.uom_id.id,
                "product_uom_qty": quantity,
                "price_unit": 0.0,
                "replaced_line_id": self.sale_line_id.id,
            }
        if not self.exchange_product_id:
            return None
        vals = {
            "product_id": self.exchange_product_id.id,
            "product_uom_qty": self.exchange_qty or quantity,
            "replaced_line_id": self.sale_line_id.id,
        }
        if self.uom_id._has_common_reference(self.exchange_product_id.uom_id):
            # a dozen for a dozen, not a piece
            vals["product_uom_id"] = self.uom_id.id
        return vals
