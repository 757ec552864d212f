# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class HygieneCommon(BaseCommon):
    """A manager and a salesman of sales, and a way to make contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.duplicate"].search([]).unlink()
        cls.country = cls.env.ref("base.vn")
        cls.manager = new_test_user(
            cls.env, "hygiene_manager", "sales_team.group_sale_manager"
        )
        cls.salesman = new_test_user(
            cls.env, "hygiene_salesman", "sales_team.group_sale_salesman"
        )

    @classmethod
    def _create_partner(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "country_id": cls.country.id, **values}
        )

    @classmethod
    def _create_order(cls, partner, amount=100.0, **values):
        product = cls.env["product.product"].create(
            {"name": "Lamp", "type": "service", "taxes_id": False}
        )
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "price_unit": amount})
                ],
                **values,
            }
        )

    def _find(self, *partners):
        """New pairs among these contacts (a database has others)."""
        found = self.env["customer.duplicate"]._find()
        ids = {partner.id for partner in partners}
        return found.filtered(
            lambda pair: {pair.partner_id.id, pair.other_id.id} <= ids
        )
