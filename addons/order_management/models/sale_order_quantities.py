# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class SaleOrder(models.Model):
    """An order; here: its quantities side by side."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    quantity_ids = fields.One2many(
        "order.quantity.report", string="Quantities", compute="_compute_quantity_ids"
    )

    def _compute_quantity_ids(self):
        # orders that nobody controls are not looked at: Odoo shows theirs itself
        controlled = self.filtered(lambda order: order._is_under_approval_control())
        figures = self.env["order.quantity.report"]
        by_order = {}
        if controlled:
            # who may read the order may know what became of it
            by_order = (
                figures.sudo()
                .search([("order_id", "in", controlled._origin.ids)])
                .sudo(False)
                .grouped(lambda figure: figure.sudo().order_id.id)
            )
        for order in self:
            order.quantity_ids = by_order.get(order._origin.id, figures)

    def action_view_quantities(self):
        """Open the quantities of these orders, line by line."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quantity_report_action"
        )
        domain = [("order_id", "in", self.ids)]
        return {
            **action,
            "domain": domain,
            "context": {},
            "view_mode": "list,kanban,pivot,graph",
            "views": [
                (False, "list"),
                (False, "kanban"),
                (False, "pivot"),
                (False, "graph"),
            ],
        }
