# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-33: goods, money and messages of one customer on one page."""

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .invoice_common import InvoiceCase


@tagged("post_install", "-at_install", "meets_others")
class TestOverview(InvoiceCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls.customer = cls.env["res.partner"].create(
            {"name": "Cửa hàng Minh Tâm", "is_company": True}
        )
        cls.buyer = cls._create_buyer("buyer", cls.customer)
        cls.stranger = cls._create_buyer(
            "stranger", cls.env["res.partner"].create({"name": "Stranger"})
        )

    @classmethod
    def _create_buyer(cls, login, parent):
        user = new_test_user(
            cls.env,
            login=f"overview_{login}",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        user.partner_id.parent_id = parent
        return user

    def _get_overview(self, **kwargs):
        self.env.flush_all()
        return self.customer._get_overview(self.company, **kwargs)

    def _order(self, quantity, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": quantity}
                    )
                ],
                **values,
            }
        )

    def test_goods(self):
        order = self._order(10)
        self.assertFalse(self._get_overview()["orders"], "a draft is nobody's yet")
        order.action_submit()
        order.action_approve()
        order.order_line.approved_qty = 8
        order.action_confirm()
        overview = self._get_overview()
        self.assertEqual(overview["orders"], order)
        [row] = overview["goods"]
        self.assertEqual(row["product"], self.product)
        self.assertEqual(
            (row["ordered"], row["approved"], row["shipped"], row["open"]),
            (10, 8, 0, 8),
        )

    def test_money(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "invoice_date": "2020-01-15",
                "invoice_date_due": "2020-02-15",
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "quantity": 1, "price_unit": 90})
                ],
            }
        )
        move.invoice_line_ids.tax_ids = False
        move.action_post()
        overview = self._get_overview()
        self.assertEqual(overview["invoices"], move)
        money = overview["money"]
        self.assertEqual(money["invoiced"], 0, "before the period")
        self.assertEqual((money["due"], money["overdue"]), (90, 90))
        self.assertEqual(self._get_overview(months=1200)["money"]["invoiced"], 90)

    def test_internal_notes_stay_inside(self):
        order = self._order(1, state="sent")
        for body, subtype in (("For everybody", "comment"), ("Inside", "note")):
            order.message_post(
                body=body, message_type="comment", subtype_xmlid=f"mail.mt_{subtype}"
            )
        messages = self._get_overview()["messages"]
        self.assertIn("For everybody", "".join(messages.mapped("body")))
        self.assertNotIn("Inside", "".join(messages.mapped("body")))

    def test_page(self):
        order = self._order(3, state="sent")
        self.authenticate(self.buyer.login, self.buyer.login)
        page = self.url_open("/my/overview")
        self.assertEqual(page.status_code, 200)
        self.assertIn(order.name, page.text)
        self.assertIn(self.customer.name, page.text)
        same = self.url_open(f"/my/overview/{self.customer.id}?months=bad")
        self.assertEqual(same.status_code, 200)

    def test_neighbour_is_refused(self):
        order = self._order(3, state="sent")
        self.authenticate(self.stranger.login, self.stranger.login)
        page = self.url_open(f"/my/overview/{self.customer.id}")
        self.assertEqual(page.status_code, 404)
        self.assertNotIn(order.name, page.text)
        self.assertEqual(self.url_open("/my/overview/999999999").status_code, 404)

    def test_staff(self):
        order = self._order(3, state="sent")
        clerk = self.users["clerk"]
        self.authenticate(clerk.login, clerk.login)
        page = self.url_open(f"/my/overview/{self.customer.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(order.name, page.text)
        outsider = new_test_user(self.env, login="overview_staff")
        self.authenticate(outsider.login, outsider.login)
        page = self.url_open(f"/my/overview/{self.customer.id}")
        self.assertEqual(page.status_code, 404)

    def test_queries_do_not_grow(self):
        def count():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            overview = self.customer._get_overview(self.company)
            overview["orders"].mapped("name")
            return self.env.cr.sql_log_count - start

        self._order(1, state="sent")
        self._get_overview()
        few = count()
        for _number in range(15):
            self._order(2, state="sent")
        self.env.flush_all()
        self.assertEqual(count(), few)
