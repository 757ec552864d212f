# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


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
