# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .common import OrderManagementCommon


class SetupCommon(OrderManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"country_id": cls.env.ref("base.vn").id, "street": "1 Lê Lợi"}
        )
        cls.product.write({"default_code": "SETUP-1", "company_id": cls.company.id})
        cls.second = cls._create_product("SETUP-2", list_price=7.5)
        cls.manager = cls._create_user("manager")
        cls.products = cls.product | cls.second
        cls.mine = cls.channel.with_user(cls.manager)

    @classmethod
    def _create_product(cls, code, company=None, **values):
        return cls.env["product.product"].create(
            {
                "name": f"Product {code}",
                "default_code": code,
                "list_price": 5.0,
                "taxes_id": False,
                "company_id": (company or cls.company).id,
                **values,
            }
        )

    def _wizard(self, **values):
        return (
            self.env["sale.channel.setup"]
            .with_user(self.manager)
            .create({"name": "New shop", "company_id": self.company.id, **values})
        )

    def _states(self, steps):
        return {step["name"]: step["state"] for step in steps}
