# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderSourcing(models.TransientModel):
    """What if an order came from elsewhere: the ways to serve it, side by side."""

    _name = "sale.order.sourcing"
    _description = "Ways to Serve an Order"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    summary = fields.Char("Now", related="order_id.sourcing_summary")
    way_ids = fields.One2many("sale.order.sourcing.way", "wizard_id", readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "All from",
        domain="[('company_id', '=', company_id)]",
        help="Also where nothing is in stock yet: the order waits there for its goods.",
    )
    reason = fields.Char(help="Why you choose; kept with the order.")

    @api.model_create_multi
    def create(self, vals_list):
        """Work out the ways at once: the window shows them."""
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.order_id._check_source_allowed()
            plans = self.env["order.sourcing"]._try_every(wizard.order_id)
            wizard.sudo().write(
                {
                    "way_ids": [
                        (0, 0, wizard._prepare_way(plan, place))
                        for place, plan in enumerate(plans)
                    ]
                }
            )
        return wizards

    def _prepare_way(self, plan, place):
        houses = self.env["stock.warehouse"].sudo().browse(plan.warehouses)
        count = len(set(plan.parts) | set(plan.missing))
        return {
            "sequence": place,
            "warehouse_names": ", ".join(houses.mapped("name")),
            "main_id": plan.warehouses[0] if plan.warehouses else False,
            "parts": {str(key): rows for key, rows in plan.parts.items()},
            "parcel_count": len(plan.warehouses),
            "is_complete": not plan.missing,
            "lines": f"{count - len(plan.missing)} / {count}",
            "distance": plan.distance,
            "has_cost": plan.cost is not None,
            "cost": plan.cost or 0.0,
            "ready_on": plan.ready_on,
        }

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ways to Serve %(order)s", order=self.order_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_choose_warehouse(self):
        """Serve all of the order from one warehouse.

        :raises UserError: none was named
        """
        self.ensure_one()
        if not self.warehouse_id:
            raise UserError(self.env._("Name the warehouse first."))
        self.order_id._check_source_allowed()
        self.order_id._choose_by_hand(self.warehouse_id, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
