# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportUpdateQueries(ImportCommon):
    """A batch of newer versions costs the same whether it holds one or fifty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.unpaid_policy = "draft"

    def _prepare(self, prefix, number, **values):
        """Orders of different buyers, with addresses of their own."""
        return [
            self._prepare_order(
                f"{prefix}-{i}",
                **{
                    "customer": {"external_id": f"{prefix}-{i}", "name": f"B{i}"},
                    "shipping_address": {"street": f"{i} Way", "country_code": "VN"},
                    "lines": [
                        self._prepare_line("LAMP", 2, "40.00", "1"),
                        self._prepare_line("DESK", 1, "250.00", "2"),
                    ],
                    **{k: v(i) if callable(v) else v for k, v in values.items()},
                },
            )
            for i in range(number)
        ]

    def _count(self, number, before, after):
        self._serial = getattr(self, "_serial", 0) + 1
        prefix = f"U{self._serial}"
        rows = self._import(*self._prepare(prefix, number, **before))
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        self._receive(*self._prepare(prefix, number, **after))
        self.env.flush_all()
        self.env.invalidate_all()
        count = self.env.cr.sql_log_count
        rows.with_user(self.clerk).action_process()
        self.env.flush_all()
        count = self.env.cr.sql_log_count - count
        self.assertEqual(set(rows.mapped("state")), {"updated"})
        self._rows = rows
        return count

    def assertNoGrowth(self, before=None, after=None, slack=0):
        before, after = before or {}, after or {}
        self._count(2, before, after)
        two, fifty = (self._count(n, before, after) for n in (2, 50))
        self.assertEqual(fifty, two + slack, f"{two} for two, {fifty} for fifty")
        return self._rows.sale_order_id

    def test_nothing_to_do(self):
        self.assertNoGrowth(after={"note": "Ring twice"})

    def test_same_again(self):
        """The very same message is not even processed."""
        payloads = self._prepare("S", 3)
        rows = self._import(*payloads)
        self._receive(*payloads)
        self.assertEqual(rows.mapped("to_process"), [False] * 3)
        self.assertEqual(rows.mapped("attempt_count"), [1] * 3)

    def test_payment(self):
        orders = self.assertNoGrowth({"status": "unpaid"}, {"status": "paid"})
        self.assertTrue(all(orders.mapped("channel_paid")))

    def test_status(self):
        orders = self.assertNoGrowth(after={"status": "shipped"})
        self.assertEqual(orders.mapped("pending_change_count"), [1] * 50)

    def test_cancellation(self):
        orders = self.assertNoGrowth(after={"status": "cancelled"})
        self.assertEqual(set(orders.mapped("state")), {"cancel"})

    def test_address(self):
        def street(i):
            return {"street": f"{i} New Way", "country_code": "VN"}

        # each order gets an address of its own, by a write of its own: Odoo then looks
        # for purchases made for it, before and after
        slack = 2 * 48 if "sale_order_id" in self._get_purchase_fields() else 0
        orders = self.assertNoGrowth(after={"shipping_address": street}, slack=slack)
        self.assertEqual(orders[7].partner_shipping_id.street, "7 New Way")

    def _get_purchase_fields(self):
        lines = "purchase.order.line"
        return self.env[lines]._fields if lines in self.env else ()

    def test_quantity(self):
        def lines(i):
            return [
                self._prepare_line("LAMP", 3 + i, "40.00", "1"),
                self._prepare_line("DESK", 1, "250.00", "2"),
            ]

        def total(i):
            return f"{(3 + i) * 40 + 250:.2f}"

        orders = self.assertNoGrowth(after={"lines": lines, "total": total})
        self.assertEqual(orders[7].order_line[0].product_uom_qty, 10)
        self.assertEqual(orders[7].amount_total, 650)

    def test_refunds(self):
        def refunds(i):
            line = {"line_id": "1", "quantity": 1}
            return [{"external_id": self._serial_key(i), "amount": 40, "lines": [line]}]

        orders = self.assertNoGrowth(after={"refunds": refunds})
        self.assertEqual(orders.mapped("return_count"), [1] * 50)

    def _serial_key(self, number):
        return f"R{self._serial}-{number}"
