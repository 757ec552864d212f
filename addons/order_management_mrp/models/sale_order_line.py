# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import models
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """An ordered product that may be a kit: its components are what leaves."""

    _inherit = "sale.order.line"

    def _get_net_shipped(self):
        """Count kits by the component furthest ahead, in the line's unit.

        Odoo's delivered quantity goes by the one furthest behind; as a limit that would
        let the others out without end.
        """
        net = super()._get_net_shipped()
        shipped = self._get_net_components()
        if not shipped:
            return net
        kits = self.browse({line_id for line_id, _bom_line_id in shipped})
        components = kits._get_kit_components()
        for line, per_kit in components.items():
            counts = [
                self._count_kits(shipped[line.id, bom_line_id], quantity, step)
                for bom_line_id, (quantity, step) in per_kit.items()
            ]
            net[line.id] += max(counts, default=0.0)
        return net

    def _get_kit_components(self):
        """What one unit of each of these lines that sells a kit is made of.

        :return: ``{line: {BoM line id: (quantity in the component's unit, the step that
            unit is rounded to)}}``
        """
        components = {}
        for company, lines in self.grouped("company_id").items():
            boms = (
                self.env["mrp.bom"]
                .sudo()
                ._bom_find(lines.product_id, company_id=company.id, bom_type="phantom")
            )
            for line in lines:
                if bom := boms[line.product_id]:
                    components[line] = line._get_bom_quantities(bom)
        return components

    def _get_bom_quantities(self, bom):
        self.ensure_one()
        one = self.product_uom_id._compute_quantity(1, bom.product_uom_id, round=False)
        # exploding rounds up to the component's unit, which is nothing in a million
        many = 1_000_000
        _boms, bom_lines = bom.explode(self.product_id, many * one / bom.product_qty)
        quantities = {}
        for bom_line, data in bom_lines:
            unit = bom_line.product_id.uom_id
            quantity = bom_line.product_uom_id._compute_quantity(
                data["qty"] / many, unit, round=False
            )
            if quantity and bom_line.product_id.type != "service":
                quantities[bom_line.id] = (quantity, unit.rounding)
        return quantities

    def _get_net_components(self):
        """:return: ``{(line id, BoM line id): net quantity, component's unit}``"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, move.bom_line_id,
                       SUM(CASE WHEN %(from_customer)s AND dest.usage = 'inventory'
                           THEN 0 ELSE part.quantity * part_uom.factor / uom.factor
                           * (%(to_customer)s::int - %(from_customer)s::int) END)
                FROM sale_order_line line
                JOIN stock_move move ON %(is_move_of_line)s
                JOIN product_product product ON product.id = move.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN uom_uom uom ON uom.id = template.uom_id
                JOIN stock_move_line part ON part.move_id = move.id
                JOIN uom_uom part_uom ON part_uom.id = part.product_uom_id
                JOIN stock_location src ON src.id = part.location_id
                JOIN stock_location dest ON dest.id = part.location_dest_id
                WHERE move.state = 'done' AND line.id = ANY(%(ids)s)
                  AND move.bom_line_id IS NOT NULL
                GROUP BY line.id, move.bom_line_id
                """,
                ids=list(self.ids),
                is_move_of_line=self._sql_is_move_of_line(),
                to_customer=self._sql_is_customer_side(SQL.identifier("dest")),
                from_customer=self._sql_is_customer_side(SQL.identifier("src")),
                to_flush=self.env["stock.move"]._fields["bom_line_id"],
            )
        )
        shipped = defaultdict(float)
        for line_id, bom_line_id, quantity in rows:
            shipped[line_id, bom_line_id] = float(quantity)
        return shipped

    def _count_kits(self, shipped, per_kit, step):
        """Kits that a component's quantity makes: whole ones where only the rounding of
        the component's demand to its unit's step is between.
        """
        kits = shipped / per_kit
        whole = round(kits)
        return float(whole) if abs(shipped - whole * per_kit) <= step else kits
