# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..tools.figures import plain_figure


class OrderFairShareLine(models.Model):
    """What one order line gets of a scarce product, and why."""

    _name = "order.fair.share.line"
    _description = "Share of Scarce Goods"
    _order = "share_id desc, product_id, order_id, id"
    _rec_name = "order_id"

    share_id = fields.Many2one(
        "order.fair.share", required=True, index=True, ondelete="cascade"
    )
    share_product_id = fields.Many2one(
        "order.fair.share.product", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="share_id.company_id", store=True)
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", store=True)
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True
    )
    product_id = fields.Many2one(related="share_product_id.product_id", store=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    ordered_qty = fields.Float(
        "Ordered",
        digits=0,
        min_display_digits="Product Unit",
        readonly=True,
        help="In the order line's unit, when the shares were computed.",
    )
    before_qty = fields.Float("Approved Before", digits=0, readonly=True)
    wanted_qty = fields.Float(
        "Wanted",
        digits=0,
        min_display_digits="Product Unit",
        readonly=True,
        help="What still has to leave, in the product's unit.",
    )
    share_qty = fields.Float("Gets", digits=0, min_display_digits="Product Unit")
    cut_qty = fields.Float(
        "Cut", digits=0, min_display_digits="Product Unit", compute="_compute_cut_qty"
    )
    share_percent = fields.Float("Gets (%)", compute="_compute_cut_qty")
    reason = fields.Char(readonly=True)
    state = fields.Selection(related="share_id.state")

    _sale_line_uniq = models.Constraint(
        "UNIQUE (share_id, sale_line_id)", "Each order line takes part once."
    )
    _share_check = models.Constraint(
        "CHECK (share_qty >= 0 AND share_qty <= wanted_qty + 0.000001)",
        "Nobody gets less than nothing or more than was wanted.",
    )

    @api.depends("share_qty", "wanted_qty")
    def _compute_cut_qty(self):
        for line in self:
            line.cut_qty = line.wanted_qty - line.share_qty
            wanted = line.wanted_qty
            line.share_percent = 100 * line.share_qty / wanted if wanted else 100.0

    def _check_unchanged(self):
        """:raises UserError: an order is not what it was, or more is given than is"""
        for document, lines in self.grouped("share_id").items():
            waiting = document._find_sale_lines(lines.product_id)
            for line in lines:
                if line.sale_line_id not in waiting or line._is_outdated():
                    raise UserError(
                        self.env._(
                            "%(order)s was changed, decided or closed since the shares "
                            "were computed. Compute them again.",
                            order=line.order_id.display_name,
                        )
                    )
        rows = self.share_product_id
        # only those of the document: what others got since then is theirs
        rows._refresh_supply(self.sale_line_id)
        for row in rows:
            if float_compare(row.given_qty, row.supply_qty, precision_digits=6) > 0:
                raise UserError(
                    self.env._(
                        "%(given)s of %(product)s are given, but there are only "
                        "%(supply)s. Lower a share, or compute them again.",
                        given=plain_figure(row.given_qty),
                        product=row.product_id.display_name,
                        supply=plain_figure(row.supply_qty),
                    )
                )

    def _is_outdated(self):
        """Whether the order line is not what it was when the shares were computed."""
        self.ensure_one()
        line = self.sale_line_id
        wanted = self.share_id._get_open_qty(line)
        return line.product_id != self.product_id or any(
            float_compare(now, then, precision_digits=6)
            for now, then in (
                (line.product_uom_qty, self.ordered_qty),
                (line.approved_qty, self.before_qty),
                (wanted, self.wanted_qty),
            )
        )

    def _apply(self):
        """Write the approved quantities, lines with the same one at once."""
        reason = {
            document: self.env._(
                "Fair share “%(share)s”: %(policy)s",
                share=document.name,
                policy=dict(
                    document._fields["policy"]._description_selection(self.env)
                )[document.policy],
            )
            for document in self.share_id
        }
        groups = {}
        for line in self:
            order_line = line.sale_line_id
            shipped = max(order_line.net_shipped_qty, 0.0)
            quantity = shipped + line.product_id.uom_id._compute_quantity(
                line.share_qty, order_line.product_uom_id, round=False
            )
            # a conversion there and back must not leave a hair
            quantity = round(quantity, 6)
            key = (quantity, reason[line.share_id])
            groups[key] = groups.get(key, order_line.browse()) | order_line
        for (quantity, text), order_lines in groups.items():
            order_lines.write({"approved_qty": quantity, "cut_reason": text})
