# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import DistributionCommon


class PortalCase(DistributionCommon):
    """A dealer that buys from the company itself, with a portal user and a price list.

    ``cls.big`` pays 20 % less than the list; ``cls.orders`` are orders as the portal's
    controllers use them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
        cls.rare = cls.env["product.product"].create(
            {
                "name": "Rare Vase",
                "is_storable": True,
                "list_price": 100.0,
                "taxes_id": False,
            }
        )
        cls.big = cls._create_member("Big Dealer", "dealer")
        cls.big.partner_id.specific_property_product_pricelist = cls.env[
            "product.pricelist"
        ].create(
            {
                "name": "Dealers",
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 20,
                        }
                    )
                ],
            }
        )
        cls.buyer = cls._create_portal_user("buyer", cls.big)
        cls.stranger = cls._create_portal_user("stranger", cls.neighbour)
        cls.orders = (
            cls.env["sale.order"].with_user(cls.buyer).sudo().with_company(cls.company)
        )
        cls.big = cls.big.with_env(cls.orders.env)

    @classmethod
    def _create_portal_user(cls, login, member):
        user = new_test_user(
            cls.env,
            login=f"portal_{login}",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = member.partner_id
        return user
