# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import new_test_user

from .invoice_common import InvoiceCase


class ReturnsCase(InvoiceCase):
    """Goods that left, and customers who want to give them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("order_management.channel_return_reason_mind")
        cls.defect = cls.env.ref("order_management.channel_return_reason_defective")
        company = {
            "company_id": cls.company.id,
            "company_ids": [Command.set(cls.company.ids)],
        }
        cls.store = new_test_user(
            cls.env,
            "returns_store",
            groups="base.group_user,order_management.group_warehouse",
            **company,
        )

    def _left(self, order):
        return order.order_line._get_returnable_qty()[order.order_line]

    def _sold_order(self, quantity=10, product=None, **vals):
        """An order of a customer that is shipped."""
        order = self._make_order(
            quantity, product=product or self.by_delivery, confirm=False, **vals
        )
        order.action_confirm()
        self._ship(order.picking_ids)
        return order

    def _invoiced_order(self, quantity=10, product=None, **vals):
        order = self._sold_order(quantity, product=product, **vals)
        invoice = order._create_invoices()
        invoice.action_post()
        return order

    def _ask(self, order, quantity=2.0, kind="return_refund", reason=None, **vals):
        """A return as staff enters it."""
        line = order.order_line[0]
        return self.env["channel.return"].create(
            {
                "partner_id": order.partner_id.id,
                "company_id": self.company.id,
                "return_type": kind,
                "currency_id": order.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": line.id,
                            "requested_qty": quantity,
                            "reason_id": (reason or self.reason).id,
                            **vals,
                        }
                    )
                ],
            }
        )

    def _arrive(self, order, quantity=2.0, **vals):
        """A return whose goods are here."""
        record = self._ask(order, quantity, **vals)
        record.action_approve()
        record.action_receive()
        return record

    def _inspect(self, record, quantity, disposition="restock", **vals):
        return self.env["channel.return.inspection"].create(
            {
                "line_id": record.line_ids[0].id,
                "quantity": quantity,
                "disposition": disposition,
                **vals,
            }
        )

    def _stock_of(self, product, place):
        return sum(
            self.env["stock.quant"]
            .search([("product_id", "=", product.id), ("location_id", "=", place.id)])
            .mapped("quantity")
        )
