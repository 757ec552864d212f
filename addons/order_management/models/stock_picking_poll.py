# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class StockPicking(models.Model):
    """A transfer; here: when its carrier was last asked about it."""

    _inherit = "stock.picking"

    polled_at = fields.Datetime(
        "Carrier Asked", readonly=True, copy=False, help="Whatever it answered."
    )

    def _note_polled(self):
        """These had their turn.

        Only whose turn it is: no write of the delivery, which would tell its followers
        that something changed.
        """
        self.env.execute_query(
            SQL(
                "UPDATE stock_picking SET polled_at = %s WHERE id = ANY(%s)"
                " RETURNING id",
                fields.Datetime.now(),
                list(self.ids),
            )
        )
        self.invalidate_recordset(["polled_at"], flush=False)
