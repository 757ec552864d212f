# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: tracking numbers that the channel makes.

    A marketplace may need minutes until its carrier has a number: the transfer gets it
    when the order is read again. What a person entered stays.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _apply_updates(self, channel, items):
        """Override: with what is known of the order's parcels."""
        result = super()._apply_updates(channel, items)
        told = {}
        for item in items:
            numbers = {parcel.tracking for parcel in item.order.shipments} - {""}
            if numbers and item.sale_order:
                told[item.sale_order] = numbers
        if told:
            self._take_parcel_numbers(told)
        return result

    @api.model
    def _take_parcel_numbers(self, told):
        """Where one transfer has no number and one number no transfer, they belong
        together; anything else is left to people, such as a number that somebody has
        replaced by another.

        :param told: ``{order: numbers of its parcels}``
        """
        pickings = self.env["stock.picking"].search(
            [
                ("sale_id", "in", [order.id for order in told]),
                ("picking_type_code", "=", "outgoing"),
                ("state", "!=", "cancel"),
            ]
        )
        for order, some in pickings.grouped("sale_id").items():
            lacking = some.filtered(lambda picking: not picking.carrier_tracking_ref)
            known = set((some - lacking).mapped("carrier_tracking_ref"))
            new = told[order] - known
            if len(lacking) == len(new) == 1 and known <= told[order]:
                lacking._take_shop_tracking(new.pop())
