# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class PickListReport(models.AbstractModel):
    """What has to be fetched for some transfers, in the order of the places."""

    _name = "report.order_management.report_pick_list"
    _description = "Pick List"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        pickings = self.env["stock.picking"].browse(docids)
        unlabelled = pickings.browse(data.get("unlabelled_ids") or [])
        return {
            "doc_ids": docids,
            "doc_model": "stock.picking",
            "docs": pickings,
            "rows": self._get_rows(pickings) if data.get("has_list", True) else [],
            "unlabelled": pickings & unlabelled,
            "company": pickings.company_id[:1] or self.env.company,
        }

    @api.model
    def _get_rows(self, pickings):
        """A row for each line to fetch, sorted by place, then product."""
        boxes = {picking.id: number for number, picking in enumerate(pickings, 1)}
        lines = pickings.move_line_ids.filtered(
            lambda line: line.state != "cancel" and line.quantity
        )
        rows = [
            {
                "location": line.location_id.complete_name,
                "product": line.product_id.display_name,
                "barcode": line.product_id.barcode or "",
                "lot": line.lot_id.name or line.lot_name or "",
                "quantity": line.quantity,
                "unit": line.product_uom_id.name,
                "transfer": line.picking_id.name,
                "box": boxes[line.picking_id.id],
            }
            for line in lines
        ]
        rows.sort(key=lambda row: (row["location"], row["product"], row["box"]))
        return rows
