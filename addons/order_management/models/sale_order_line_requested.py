# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.behind import write_column
from ..tools.columns import create_column_with_default


class SaleOrderLine(models.Model):
    """A line; here: what was ordered first, before anybody changed it."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    # stored: nothing else remembers it, and reports of years compare with it
    requested_qty = fields.Float(
        "First Ordered",
        digits="Product Unit",
        compute="_compute_requested_qty",
        store=True,
        precompute=True,
        copy=False,
        help="The quantity when the order was first submitted or confirmed, or when "
        "the line was added later.",
    )

    @api.depends("product_uom_qty")
    def _compute_requested_qty(self):
        for line in self:
            order = line.order_id
            is_open = (
                order.state in ("draft", "sent") and order.approval_state == "none"
            )
            if not line._origin or is_open:
                line.requested_qty = max(line.product_uom_qty, 0.0)
            else:
                line.requested_qty = line._origin.requested_qty

    def write(self, vals):
        result = super().write(vals)
        if "product_uom_qty" in vals:
            # now, not when it is flushed: the order may be confirmed by then
            self.mapped("requested_qty")
        return result

    def _get_stored_requested(self):
        """``{line id: quantity}``; lines that were there before the addon have none.

        Everything pending has to be flushed before.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, requested_qty FROM sale_order_line"
                " WHERE id = ANY(%s) AND requested_qty IS NOT NULL",
                list(self.ids),
            )
        )
        return {line_id: float(quantity) for line_id, quantity in rows}

    @api.model
    def _divide_requested(self, pieces):
        """Of lines that are divided, let what was ordered first be divided as well.

        :param pieces: list of ``(new line, its line, quantity that goes, ...)``
        """
        sources = self.browse().concat(*(line for _new, line, *_rest in pieces))
        left = sources._get_stored_requested()
        pairs = []
        for new, line, quantity, *_rest in pieces:
            if line.id in left:
                taken = min(quantity, left[line.id])
                left[line.id] = line.product_uom_id.round(left[line.id] - taken)
                pairs.append((new.id, taken))
        write_column(self, "requested_qty", [*pairs, *left.items()], "numeric")

    @api.model
    def _reunite_requested(self, pieces, empty):
        """The reverse of ``_divide_requested``.

        :param pieces: ``{line: the line it is a part of}``
        :param empty: lines of which nothing is left
        """
        sources = self.browse().concat(*pieces.values())
        known = (sources | empty)._get_stored_requested()
        totals = {line.id: known[line.id] for line in sources if line.id in known}
        for line, source in pieces.items():
            if source.id in totals:
                totals[source.id] += known.get(line.id, 0.0)
        pairs = [*totals.items(), *((line.id, 0.0) for line in empty)]
        write_column(self, "requested_qty", pairs, "numeric")

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row; of lines
        that were there, what is ordered counts."""
        create_column_with_default(self.env.cr, self, "requested_qty", None)
        return super()._auto_init()
