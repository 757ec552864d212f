# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_is_zero


class DistributionOrderLine(models.Model):
    """A line; here: what is answered, delivered and returned, and its postings."""

    _inherit = "distribution.order.line"

    def _take_answer(self, quantities, reasons):
        """Write what the supplier confirms.

        :raises UserError: more than ordered, or less without a reason
        """
        for line, quantity in self._get_asked(quantities).items():
            line.confirmed_qty = quantity
        for line_id, reason in reasons.items():
            line = self.browse(int(line_id)) & self
            line.cut_reason = reason
        for line in self:
            if float_compare(line.confirmed_qty, line.product_qty, 6) > 0:
                raise UserError(
                    line._get_over_message(line.confirmed_qty, line.product_qty)
                )
            if line.is_cut and not (line.cut_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(product)s: say why less is confirmed than was ordered.",
                        product=line.product_id.display_name,
                    )
                )

    def _take_delivery(self, quantities):
        """Add what is delivered now to the lines.

        :return: ``{line: quantity}``
        :raises UserError: more than what is left, or nothing
        """
        if quantities is None:
            asked = {line: line.deliver_qty for line in self if line.remaining_qty}
        else:
            asked = self._get_asked(quantities)
        return self._add_moved(asked, "delivered_qty", lambda line: line.remaining_qty)

    def _take_return(self, quantities):
        """Add what comes back to the lines; see `_take_delivery`."""
        asked = self._get_asked(quantities or {})
        return self._add_moved(
            asked, "returned_qty", lambda line: line.delivered_qty - line.returned_qty
        )

    def _add_moved(self, asked, field, get_limit):
        moved = {
            line: quantity
            for line, quantity in asked.items()
            if not float_is_zero(quantity, precision_digits=6)
        }
        if not moved:
            raise UserError(self.env._("Type how much of a product moved."))
        for line, quantity in moved.items():
            limit = get_limit(line)
            if quantity < 0 or float_compare(quantity, limit, 6) > 0:
                raise UserError(line._get_over_message(quantity, limit))
        for line, quantity in moved.items():
            line_sudo = line.sudo()
            line_sudo[field] += quantity
            line_sudo.posting_count += 1
        return moved

    def _post_flow(self, moved, is_return=False, reason=None):
        """Post goods between supplier and buyer, and take them from what was promised.

        :param moved: ``{line: quantity in the line's unit}``
        """
        today = fields.Date.context_today(self)
        stock_sudo = self.env["distribution.stock"].sudo()
        if not is_return:
            promised = {}
            for line, quantity in moved.items():
                if line.sudo().supplier_id.keeps_stock:
                    key = line.supplier_id.id, line.product_id.id
                    base = line._to_product_uom(quantity)
                    promised[key] = promised.get(key, 0.0) - base
            stock_sudo._promise(promised, "none")
        self.env["distribution.ledger"]._post(
            [
                vals
                for line, quantity in moved.items()
                for vals in line.sudo()._prepare_flow_vals(
                    quantity, is_return, today, reason
                )
            ],
            late="next",
        )

    def _prepare_flow_vals(self, quantity, is_return, day, reason):
        """Both sides of one movement: the supplier's and the buyer's."""
        order = self.order_id
        common = {
            "product_id": self.product_id.id,
            "quantity": self._to_product_uom(quantity),
            "value": self.price_subtotal * quantity / self.product_qty,
            "currency_id": order.currency_id.id,
            "date": day,
            "rep_id": order.user_id.id or order.buyer_id.user_id.id,
            "territory_id": order.territory_id.id,
            "res_model": order._name,
            "res_id": order.id,
            "reason": reason or order.name,
        }
        key = f"{self._name}:{self.id}:{self.posting_count}"
        return [
            {
                **common,
                "member_id": order.supplier_id.id,
                "counterparty_id": order.buyer_id.id,
                "kind": "return_in" if is_return else "sell_through",
                "key": f"{key}:supplier",
            },
            {
                **common,
                "member_id": order.buyer_id.id,
                "counterparty_id": order.supplier_id.id,
                "kind": "return_out" if is_return else "receipt",
                "key": f"{key}:buyer",
            },
        ]
