# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models


class OrderSourcingExclusion(models.Model):
    """What a warehouse could not ship, and until when it is not asked again.

    With a product, everybody's orders of it go elsewhere; without, one order does.
    """

    _name = "order.sourcing.exclusion"
    _description = "Rejection by a Warehouse"
    _order = "id desc"
    _check_company_auto = True

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, index=True, precompute=True
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", readonly=True, ondelete="set null"
    )
    reason = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(
        "Until", required=True, help="From then on the warehouse is asked again."
    )
    is_active = fields.Boolean("In Force", compute="_compute_is_active")

    @api.depends("expires_at")
    def _compute_is_active(self):
        now = fields.Datetime.now()
        for row in self:
            row.is_active = bool(row.expires_at and row.expires_at > now)

    @api.depends("product_id", "warehouse_id", "order_id")
    def _compute_display_name(self):
        for row in self:
            what = row.product_id.display_name or row.order_id.display_name
            row.display_name = f"{row.warehouse_id.name}: {what}"

    def action_end(self):
        """Ask the warehouse again from now on, for instance after a count."""
        self.check_access("write")
        self.expires_at = fields.Datetime.now()
        return True

    @api.model
    def _get_excluded(self, orders, warehouses):
        """``{order id or None: {(warehouse id, product id or None)}}``; None: all."""
        rows_sudo = self.sudo().search(
            [
                ("warehouse_id", "in", warehouses.ids),
                ("expires_at", ">", fields.Datetime.now()),
                "|",
                ("order_id", "=", False),
                ("order_id", "in", orders.ids),
            ]
        )
        excluded = {}
        for row in rows_sudo:
            pair = row.warehouse_id.id, row.product_id.id or None
            excluded.setdefault(row.order_id.id or None, set()).add(pair)
        return excluded

    @api.model
    def _get_end(self, company):
        """When a rejection made now ends."""
        hours = company.sourcing_exclusion_hours
        return fields.Datetime.now() + timedelta(hours=hours)
