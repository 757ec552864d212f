# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockWarehouse(models.Model):
    """A warehouse; here: where returned goods wait until they are looked at.

    The places lie outside the warehouse's own tree: what is there is on hand for the
    books, and not for sale.
    """

    _inherit = "stock.warehouse"

    is_return_inspected = fields.Boolean(
        "Inspect Returned Goods",
        default=True,
        help="Goods of returns wait in a place of their own, not for sale, until they "
        "are inspected. Off: they are back in stock when they arrive.",
    )
    return_location_id = fields.Many2one(
        "stock.location",
        "Returned Goods",
        check_company=True,
        copy=False,
        help="Where goods of returns arrive. Made when the first return is approved.",
    )
    return_quarantine_location_id = fields.Many2one(
        "stock.location",
        "Quarantine of Returned Goods",
        check_company=True,
        copy=False,
        help="Where inspection puts what is neither for sale nor to be thrown away.",
    )

    def _get_arrival_location(self):
        """Where goods of returns arrive."""
        self.ensure_one()
        if not self.is_return_inspected:
            return self.lot_stock_id
        return self._get_return_place("return_location_id", self.env._("Returns"))

    def _get_return_quarantine(self):
        """Where inspection puts what is not for sale."""
        self.ensure_one()
        return self._get_return_place(
            "return_quarantine_location_id", self.env._("Quarantine")
        )

    def _get_return_place(self, name, label):
        """The place of field ``name``, made where there is none yet."""
        if not self[name]:
            # the warehouse's row is written: of two transactions one starts over
            self.sudo()[name] = (
                self.env["stock.location"]
                .sudo()
                .create(
                    {
                        "name": f"{self.code} {label}",
                        "usage": "internal",
                        "company_id": self.company_id.id,
                        "location_id": self.view_location_id.location_id.id,
                    }
                )
            )
        return self[name]
