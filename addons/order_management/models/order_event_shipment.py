# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: where the order's parcels are."""

    _inherit = "order.event"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[("shipment", "Parcel")], ondelete={"shipment": "cascade"}
    )
