# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from .import_common import ImportCommon


class ReviewCommon(ImportCommon):
    """A company that reviews its orders, with no rule but those a test makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["exception.rule"].search([("is_review", "=", True)]).active = False
        cls.company.review_orders = True
        cls.reviewer = cls._create_user("reviewer")
        cls.manager = cls._create_user("manager")
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "Phan Review",
                "street": "5 Tôn Đức Thắng",
                "city": "Huế",
                "country_id": cls.env.ref("base.vn").id,
                "phone": "+84 905 700 801",
                "email": "review.buyer@example.com",
                "vat": False,
            }
        )

    @classmethod
    def _make_rule(cls, method="amount", **vals):
        """A rule of a check; ``threshold_amount`` is 0: the amount holds everything."""
        return cls.env["exception.rule"].create(
            {
                "name": f"Test {method or 'rule'}",
                "is_review": True,
                "model": "sale.order",
                "exception_type": "by_method",
                "method": method and f"_review_{method}",
                "company_ids": [Command.set(cls.company.ids)],
                **vals,
            }
        )

    @classmethod
    def _make_domain_rule(cls, domain, **vals):
        return cls._make_rule(
            exception_type="by_domain", method=False, domain=domain, **vals
        )

    @classmethod
    def _make_code_rule(cls, code, **vals):
        return cls._make_rule(
            exception_type="by_py_code", method=False, code=code, **vals
        )

    @classmethod
    def _order(cls, quantity=2.0, product=None, price=None, **vals):
        line = {
            "product_id": (product or cls.lamp).id,
            "product_uom_qty": quantity,
        }
        if price is not None:
            line["price_unit"] = price
        return cls._create_order(
            partner_id=cls.buyer.id, order_line=[Command.create(line)], **vals
        )

    def _holds(self, order, state="open"):
        holds = self.env["order.review.hold"].search([("order_id", "=", order.id)])
        return holds.filtered(lambda hold: hold.state == state)

    def _as(self, records, user):
        return records.with_user(user).with_context(
            allowed_company_ids=self.company.ids
        )

    def assertHeld(self, order, *words):
        self.assertEqual(order.review_state, "held")
        for word in words:
            self.assertIn(word, order.review_text)

    def assertFinds(self, rule, order, *words):
        """The rule finds something in this order, told in these words."""
        findings = rule._find(order)
        self.assertIn(order.id, findings)
        for word in words:
            self.assertIn(word, findings[order.id][0])

    def assertFindsNothing(self, rule, order):
        self.assertNotIn(order.id, rule._find(order))
