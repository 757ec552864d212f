# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.order_management.tests.floor_common import FloorCommon


class WaveCommon(FloorCommon):
    """A rule, and deliveries that are ready."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own batches by customer are switched on in new warehouses
        cls.out_type = cls.warehouse.out_type_id
        cls.out_type.auto_batch = False
        cls._add_stock(5000, cls.lamp)
        cls._add_stock(5000, cls.desk)
        cls.rules = cls.env["stock.wave.rule"].with_company(cls.company)
        cls.rule = cls._create_rule(max_deliveries=3)

    @classmethod
    def _create_rule(cls, name="All", **values):
        return cls.rules.create(
            {"name": name, "company_id": cls.company.id, **values}
        ).with_user(cls.picker)

    def _deliveries(self, number, *quantities):
        quantities = quantities or ((self.lamp, 1),)
        deliveries = [self._deliver(*quantities) for _number in range(number)]
        return deliveries[0].union(*deliveries)

    def _create_carrier(self, name):
        product = self.env["product.product"].create({"name": name, "type": "service"})
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "delivery_type": "fixed"}
        )
