# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.stock_picking_tracking import TRACKING_STATES


class ShipmentEventAdd(models.TransientModel):
    """What a person knows about parcels: from a phone call, or a carrier's web page."""

    _name = "shipment.event.add"
    _description = "Record Parcel Status"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", required=True)
    state = fields.Selection(
        TRACKING_STATES, "Status", required=True, default="delivered"
    )
    event_at = fields.Datetime("Time", required=True, default=fields.Datetime.now)
    place = fields.Char()
    text = fields.Char("Remark")

    def action_record(self):
        """Note it in the history of the deliveries.

        :raises UserError: it lies in the future
        """
        for wizard in self:
            if wizard.event_at > fields.Datetime.now():
                raise UserError(
                    self.env._("This has not happened yet. Enter a time in the past.")
                )
            wizard.picking_ids._record_by_hand(
                wizard.state, wizard.event_at, wizard.place, wizard.text
            )
        return {"type": "ir.actions.act_window_close"}
