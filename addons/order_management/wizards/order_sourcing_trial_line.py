# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderSourcingTrialLine(models.TransientModel):
    """A past order, and what the rules would have chosen for it."""

    _name = "order.sourcing.trial.line"
    _description = "Order That Rules Were Tried On"
    _order = "order_id desc"

    trial_id = fields.Many2one(
        "order.sourcing.trial", required=True, readonly=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="trial_id.currency_id")
    state = fields.Selection(
        [("full", "Served"), ("partial", "Served in part"), ("none", "Not served")],
        "Result",
        readonly=True,
    )
    rule_id = fields.Many2one("order.sourcing.rule", readonly=True, ondelete="cascade")
    before_names = fields.Char("Came From", readonly=True)
    after_names = fields.Char("Would Come From", readonly=True)
    before_count = fields.Integer("Parcels Before", readonly=True)
    parcel_count = fields.Integer("Parcels", readonly=True)
    is_changed = fields.Boolean("Other Warehouse", readonly=True)
    distance = fields.Float("Distance (km)", digits=(16, 0), readonly=True)
    cost = fields.Monetary(readonly=True)

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()
