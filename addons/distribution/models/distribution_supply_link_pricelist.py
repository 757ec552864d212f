# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionSupplyLink(models.Model):
    """A supply link; here: the price list of what is bought through it."""

    _inherit = "distribution.supply.link"

    secondary_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price List",
        check_company=True,
        ondelete="restrict",
        help="What this buyer pays this supplier; empty: the supplier's list for its "
        "customers.",
    )
