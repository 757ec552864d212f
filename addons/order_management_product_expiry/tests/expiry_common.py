# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields

from odoo.addons.order_management.tests.availability_common import AvailabilityCommon


class ExpiryCommon(AvailabilityCommon):
    """Cheese in lots, each with the day on which it has to leave the stock."""

    lot_count = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.cheese = cls._create_dated("Cheese")

    @classmethod
    def _create_dated(cls, name, **values):
        return cls._create_product(
            name, tracking="lot", use_expiration_date=True, **values
        )

    @classmethod
    def _add_lot(cls, quantity, days, product=None, place=None, **delta):
        """Goods of a new lot; ``days`` to its removal, None: it lasts."""
        product = product or cls.cheese
        cls.lot_count += 1
        lot = cls.env["stock.lot"].create(
            {"product_id": product.id, "name": f"Lot {cls.lot_count}"}
        )
        lot.removal_date = days is not None and cls._in(days=days, **delta)
        cls.env["stock.quant"]._update_available_quantity(
            product, place or cls.stock, quantity, lot_id=lot
        )
        return lot

    def _is_promised(self, quant, at):
        """The rule word by word, for the slow count."""
        removal = quant.lot_id.removal_date
        if not removal or not quant.product_id.use_expiration_date:
            return True
        return removal >= max(at or fields.Datetime.now(), fields.Datetime.now())

    def _deliver(self, quantity, product=None, **values):
        """A delivery that takes what it can have."""
        move = self._create_move(
            product or self.cheese, quantity, self.stock, self.customers, **values
        )
        move._action_assign()
        return move
