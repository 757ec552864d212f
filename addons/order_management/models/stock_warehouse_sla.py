# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class StockWarehouse(models.Model):
    """A warehouse; here: when it works."""

    _inherit = "stock.warehouse"

    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Hours of Deadlines",
        check_company=True,
        help="Ship-by times and deadlines of shipping count these hours (empty: the "
        "company's), and sourcing looks for its next working day (empty: every day).",
    )

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["sale.order"]._refresh_sla([("warehouse_id", "in", self.ids)])
        return result
