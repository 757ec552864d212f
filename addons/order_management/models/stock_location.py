# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.tools import SQL


class StockLocation(models.Model):
    """A place; here: on which side of the company's door it lies."""

    _inherit = "stock.location"

    def write(self, vals):
        """A place that changes sides takes along what was ever moved there.

        :raises ValidationError: more would have left than was approved
        """
        if vals.keys().isdisjoint(("usage", "company_id")):
            return super().write(vals)
        before = {place: place._get_counted_side() for place in self}
        result = super().write(vals)
        moved = self.filtered(lambda place: place._get_counted_side() != before[place])
        moved._get_ceiling_lines()._recompute_net_shipped()
        return result

    def _get_counted_side(self):
        """All that the shipped counter asks of a place."""
        self.ensure_one()
        return self._is_customer_side(), self.usage == "inventory"

    def _get_ceiling_lines(self):
        """Order lines under approval control of which goods came from or went to here.

        :return: order lines, as superuser
        """
        lines_sudo = self.env["sale.order.line"].sudo()
        if not self:
            return lines_sudo
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.id FROM stock_move_line part
                JOIN stock_move move ON move.id = part.move_id AND move.state = 'done'
                JOIN sale_order_line line ON line.id = move.sale_line_id
                 AND line.approval_mode <> 'none'
                WHERE part.location_id = ANY(%(ids)s)
                   OR part.location_dest_id = ANY(%(ids)s)
                """,
                ids=list(self.ids),
                to_flush=[
                    *lines_sudo._get_counted_fields(),
                    lines_sudo._fields["approval_mode"],
                ],
            )
        )
        return lines_sudo.browse(line_id for (line_id,) in rows)

    def _is_customer_side(self):
        """Whether goods that arrive here have left for the customer.

        Customer locations, and transit that belongs to no company (between companies).
        The SQL of `sale.order.line._get_net_shipped` says the same.
        """
        self.ensure_one()
        return self.usage == "customer" or (
            self.usage == "transit" and not self.company_id
        )
