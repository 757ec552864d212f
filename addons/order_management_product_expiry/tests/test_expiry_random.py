# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import random

from odoo.tests import tagged

from odoo.addons.order_management.tests import test_availability_random

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryRandom(ExpiryCommon, test_availability_random.TestAvailabilityRandom):
    """OM-13: made-up histories of lots that expire, counted twice."""

    def _create_products(self, seed):
        products = self.env["product.product"]
        for number in range(2):
            products |= self._create_dated(f"X{seed}-{number}", uom_id=self.uom.id)
        return products

    def _make_stock(self, product, place):
        for _number in range(self.rnd.randint(1, 3)):
            days = self.rnd.choice([-3, -1, 1, 4, 7, None])
            quantity = self.rnd.choice([-2, 3, 10, 40])
            self._add_lot(
                quantity, days, product, place, minutes=self.rnd.randint(1, 9)
            )
        if self.rnd.random() < 0.2:
            product.use_expiration_date = False

    def test_promised_can_be_reserved(self):
        """No delivery of a day gets less or more than was promised for it."""
        for seed in range(test_availability_random.SCENARIOS):
            rnd = random.Random(seed)
            product = self._create_dated(f"Y{seed}")
            for _number in range(rnd.randint(1, 5)):
                days = rnd.choice([-2, 0, 1, 2, 3, None])
                self._add_lot(
                    rnd.randint(1, 9), days, product, minutes=rnd.randint(-9, 9)
                )
            at = self._in(days=rnd.randint(0, 4), minutes=rnd.randint(0, 9))
            promised = self._promise(product, at=at)
            reserved = self._deliver(100, product, date=at).quantity
            self.assertEqual(reserved, promised, f"seed {seed}")
