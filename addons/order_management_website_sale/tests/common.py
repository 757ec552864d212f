# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.website_sale.tests.common import WebsiteSaleCommon


class WebsiteHubCase(WebsiteSaleCommon):
    """A website with a channel and a cart of lamps that are in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.website.company_id
        # a website of its own: whatever is linked in the database stays linked
        cls.website = cls.env["website"].create(
            {"name": "Lamps", "company_id": cls.company.id}
        )
        cls.channel = cls.env["sale.channel"].create(
            {
                "name": "Web shop",
                "company_id": cls.company.id,
                "website_id": cls.website.id,
            }
        )
        cls.lamp = cls._create_product(
            name="Lamp", is_storable=True, list_price=40.0, taxes_id=False
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.lamp, cls.warehouse.lot_stock_id, 20
        )
        cls.clerk = new_test_user(
            cls.env,
            login="website_hub_clerk",
            groups="base.group_user,order_management.group_clerk",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_cart(cls, quantity=2, **vals):
        # as the web shop does
        orders = cls.env["sale.order"].with_user(SUPERUSER_ID)
        return orders.create(
            {
                "partner_id": cls.partner.id,
                "website_id": cls.website.id,
                "sale_channel_id": cls.channel.id,
                "order_line": [
                    Command.create(
                        {"product_id": cls.lamp.id, "product_uom_qty": quantity}
                    )
                ],
                **vals,
            }
        ).with_user(cls.env.user)

    def _get_rows(self, order):
        return (
            self.env["order.hub"]
            .with_user(self.clerk)
            .search([("sale_order_id", "=", order.id)])
        )

    def _get_holds(self, order):
        return self.env["stock.hold"].search([("order_id", "=", order.id)])
