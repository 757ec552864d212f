# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockPicking(models.Model):
    """A transfer; here: what its carriage cost in the end."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    shipment_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    billed_cost = fields.Monetary(
        "Carrier's Bill",
        currency_field="shipment_currency_id",
        copy=False,
        groups="base.group_user",
        help="What the carrier charged for this parcel, without taxes, in company "
        "currency. 0: not known; the channel's statement counts, then the price list.",
    )

    @api.constrains("billed_cost")
    def _check_billed_cost(self):
        for picking in self:
            if picking.billed_cost < 0:
                raise ValidationError(
                    self.env._(
                        "%(name)s: a carrier's bill is zero or above.",
                        name=picking.name,
                    )
                )
