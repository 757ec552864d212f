# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class DistributionLevel(models.Model):
    """A step of the network between the manufacturer and the shelf."""

    _name = "distribution.level"
    _description = "Network Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("manufacturer", "Manufacturer"),
            ("distributor", "Distributor"),
            ("sub_distributor", "Sub-distributor"),
            ("dealer", "Dealer"),
            ("outlet", "Outlet"),
            ("key_account", "Key Account"),
        ],
        required=True,
        help="What the network does with members of this level: distributors and "
        "sub-distributors keep channel stock and sell on.",
    )
    sequence = fields.Integer(
        required=True,
        default=10,
        help="Goods flow from low to high: a supplier's level comes before its "
        "buyer's.",
    )
    active = fields.Boolean(default=True)

    def write(self, vals):
        """Levels move only while suppliers stay before their buyers.

        :raises ValidationError: naming a link that would go against the levels
        """
        result = super().write(vals)
        if "sequence" in vals:
            self._check_links()
        return result

    def _check_links(self):
        self.flush_model(["sequence"])
        links = self.env["distribution.supply.link"].sudo()
        links.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT l.id FROM distribution_supply_link l"
                " JOIN distribution_member b ON b.id = l.buyer_id"
                " JOIN distribution_member s ON s.id = l.supplier_id"
                " JOIN distribution_level bl ON bl.id = b.level_id"
                " JOIN distribution_level sl ON sl.id = s.level_id"
                " WHERE bl.sequence <= sl.sequence"
                " AND (bl.id = ANY(%(ids)s) OR sl.id = ANY(%(ids)s))"
                " AND (l.date_to IS NULL OR l.date_to >= %(today)s) LIMIT 1",
                ids=self.ids,
                today=links._get_today(),
            )
        )
        links.browse(row[0] for row in rows)._check_level_order()
