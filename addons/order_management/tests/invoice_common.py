# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.fields import Command

from .ceiling_common import CeilingCase


class InvoiceCase(CeilingCase):
    """A channel that invoices by itself, in a company with a chart of accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.approval_mode = "none"
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 10", "amount": 10.0, "company_id": cls.company.id}
        )
        cls.by_order = cls._make_product("By order", invoice_policy="order")
        cls.by_delivery = cls._make_product("By delivery", invoice_policy="delivery")
        cls.goods = cls.by_order | cls.by_delivery
        cls.goods.write({"list_price": 10.0, "taxes_id": [Command.set(cls.tax.ids)]})
        cls.channel = cls.env["sale.channel"].create(
            {
                "name": "Shop",
                "company_id": cls.company.id,
                "invoice_posting": "post",
                "credit_policy": "post",
            }
        )

    def _sell(self, *quantities, product=None, **vals):
        vals.setdefault("sale_channel_id", self.channel.id)
        return self._make_order(
            *quantities, product=product or self.by_delivery, **vals
        )

    def _run(self, channel=None):
        """What the job does, now; -> the orders that were worked on."""
        channel = channel or self.channel
        with patch.object(type(channel), "_enqueue_invoicing", lambda self: None):
            return channel._invoice_due()[0]

    def _invoices(self, order, kind="out_invoice"):
        return order.invoice_ids.filtered(lambda move: move.move_type == kind)

    def _deliver(self, order, quantity=None):
        pickings = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        self._ship(pickings[0], quantity)
        return pickings[0]
