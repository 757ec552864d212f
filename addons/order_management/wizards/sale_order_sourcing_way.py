# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrderSourcingWay(models.TransientModel):
    """One way to serve an order: which warehouses, how far, what it costs, when."""

    _name = "sale.order.sourcing.way"
    _description = "Way to Serve an Order"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "sale.order.sourcing", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    sequence = fields.Integer(readonly=True)
    warehouse_names = fields.Char("Warehouses", readonly=True)
    main_id = fields.Many2one("stock.warehouse", readonly=True)
    parts = fields.Json(readonly=True)
    parcel_count = fields.Integer("Parcels", readonly=True)
    is_complete = fields.Boolean(readonly=True)
    lines = fields.Char("Lines in Stock", readonly=True)
    distance = fields.Float("Distance (km)", digits=(16, 0), readonly=True)
    has_cost = fields.Boolean(readonly=True)
    cost = fields.Monetary(readonly=True)
    ready_on = fields.Date("Leaves", readonly=True)

    def action_choose(self):
        """Serve the order this way.

        :raises AccessError: not a clerk
        :raises UserError: the order is cancelled or locked, the warehouse is gone
        """
        self.ensure_one()
        order = self.wizard_id.order_id
        order._check_source_allowed()
        parts = {
            int(key): tuple((warehouse, quantity) for warehouse, quantity in rows)
            for key, rows in (self.parts or {}).items()
        }
        order._choose_by_hand(self.main_id, parts, self.wizard_id.reason)
        return {"type": "ir.actions.act_window_close"}
