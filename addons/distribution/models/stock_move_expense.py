# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockMove(models.Model):
    """A stock move; here: free goods count at cost on their sales expense."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Override of `stock`: what left for nothing, or came back, is counted."""
        done = super()._action_done(cancel_backorder)
        companies = done.company_id.filtered("budget_plan_id")
        if companies:
            done.filtered(lambda m: m.company_id in companies)._count_free_goods()
        return done

    def _count_free_goods(self):
        moves = self.filtered(
            lambda move: (
                move.state == "done"
                and move.sale_line_id.sales_expense_id
                and not move.sale_line_id.price_subtotal
            )
        )
        vals_list = [vals for move in moves for vals in move._prepare_free_goods()]
        actuals = self.env["sales.expense.actual"].sudo().create(vals_list)
        actuals.expense_id._update_actuals()

    def _prepare_free_goods(self):
        """Values of what this move spends: its cost, negative when it came back."""
        self.ensure_one()
        gone = self.location_dest_id.usage == "customer"
        back = self.location_id.usage == "customer"
        if gone == back:
            return []
        sign = 1 if gone else -1
        # the order's people may not read expenses of others
        expense = self.sale_line_id.sudo().sales_expense_id
        quantity = self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id
        )
        product = self.product_id.with_company(self.company_id)
        currency = self.company_id.currency_id
        amount = currency.round(product.sudo().standard_price * quantity)
        expense._check_open_for(sign * amount)
        return [
            {
                "company_id": self.company_id.id,
                "expense_id": expense.id,
                "type_id": expense.type_id.id,
                "centre_id": expense.centre_id.id,
                "kind": "goods",
                "date": self.date.date(),
                "amount": sign * amount,
                "partner_id": expense.partner_id.id
                or self.sale_line_id.order_id.partner_id.commercial_partner_id.id,
                "product_id": self.product_id.id,
                "quantity": sign * quantity,
                "name": self.reference,
                "stock_move_id": self.id,
            }
        ]
