# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class CustomerCommon(BaseCommon):
    """Customers who buy on days counted back from today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Figures Ltd"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.today = fields.Date.today()
        cls.Snapshot = cls.env["customer.snapshot"]
        cls.category = cls.env["product.category"].create({"name": "Tea"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Green tea",
                "type": "service",
                "list_price": 100,
                "standard_price": 60,
                "categ_id": cls.category.id,
                "taxes_id": [Command.clear()],
                "invoice_policy": "order",
            }
        )
        cls.customer = cls._new_customer("Able")

    @classmethod
    def _new_customer(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    @classmethod
    def _new_user(cls, login, group="sales_team.group_sale_salesman"):
        return new_test_user(
            cls.env,
            login,
            groups=group,
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    @classmethod
    def _buy(cls, customer, days_ago, amount=100.0, **vals):
        """Confirmed orders, one for each of the days; amounts exact, without taxes."""
        days_ago = [days_ago] if isinstance(days_ago, int) else days_ago
        orders = cls._quote(customer, len(days_ago), amount, **vals)
        orders.action_confirm()
        now = fields.Datetime.now()
        for order, days in zip(orders, days_ago, strict=True):
            order.date_order = now - timedelta(days=days)
        return orders

    @classmethod
    def _quote(cls, customer, count=1, amount=100.0, **vals):
        line = {
            "product_id": cls.product.id,
            "product_uom_qty": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        return cls.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "order_line": [Command.create(line)],
                    **vals,
                }
                for _number in range(count)
            ]
        )

    @classmethod
    def _snapshot(cls, customer, refresh=True):
        if refresh:
            cls.Snapshot._refresh(companies=cls.company)
        return cls.Snapshot.with_context(active_test=False).search(
            [("partner_id", "=", customer.id), ("company_id", "=", cls.company.id)]
        )
