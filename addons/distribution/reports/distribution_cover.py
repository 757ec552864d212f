# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class DistributionCover(models.Model):
    """Channel stock with how long it lasts, how old it is and what is on its way."""

    _name = "distribution.cover"
    _description = "Channel Stock and Cover"
    _auto = False
    _order = "member_id, product_id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", readonly=True)
    member_id = fields.Many2one("distribution.member", readonly=True)
    level_id = fields.Many2one("distribution.level", readonly=True)
    territory_id = fields.Many2one("distribution.territory", readonly=True)
    user_id = fields.Many2one("res.users", "Sales Representative", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float("In Stock", digits="Product Unit", readonly=True)
    promised_qty = fields.Float("Promised", digits="Product Unit", readonly=True)
    sold_qty = fields.Float(
        "Sold Lately",
        digits="Product Unit",
        readonly=True,
        help="Less what came back, in the days the company looks at.",
    )
    average_qty = fields.Float(
        "Sold a Day", digits="Product Unit", readonly=True, aggregator="sum"
    )
    cover_days = fields.Float(
        "Days of Cover",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="How long the stock lasts at the average sales; empty: nothing was sold.",
    )
    last_in = fields.Date("Last Receipt", readonly=True)
    last_out = fields.Date("Last Sale", readonly=True)
    age_days = fields.Integer("Days Since Receipt", readonly=True, aggregator="max")
    expiry_date = fields.Date("Earliest Expiry", readonly=True)
    counted_on = fields.Date("Last Count", readonly=True)
    on_order_qty = fields.Float(
        "On Order",
        digits="Product Unit",
        readonly=True,
        help="Ordered by the member from this company or its suppliers, and not "
        "delivered yet.",
    )
    suggested_qty = fields.Float(
        "Suggested Order",
        digits="Product Unit",
        compute="_compute_suggested_qty",
        help="Fills the stock up for the cover wanted, in whole packs.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id, s.company_id, s.member_id, m.level_id, m.territory_id,
                m.user_id, s.product_id, t.categ_id, s.quantity, s.promised_qty,
                s.expiry_date, s.counted_on, flow.sold_qty,
                flow.sold_qty / c.channel_cover_window AS average_qty,
                CASE WHEN flow.sold_qty > 0 THEN GREATEST(s.quantity, 0)
                    * c.channel_cover_window / flow.sold_qty END AS cover_days,
                flow.last_in, flow.last_out,
                CASE WHEN s.quantity > 0 THEN CURRENT_DATE - flow.last_in END
                    AS age_days,
                COALESCE(ours.quantity, 0) + COALESCE(theirs.quantity, 0)
                    AS on_order_qty
            FROM distribution_stock s
            JOIN distribution_member m ON m.id = s.member_id
            JOIN res_company c ON c.id = s.company_id
            JOIN product_product p ON p.id = s.product_id
            JOIN product_template t ON t.id = p.product_tmpl_id
            CROSS JOIN LATERAL (%(flow)s) AS flow
            LEFT JOIN LATERAL (%(ours)s) AS ours ON true
            LEFT JOIN LATERAL (%(theirs)s) AS theirs ON true
            """,
            flow=self._get_flow_query(),
            ours=self._get_ours_query(),
            theirs=self._get_theirs_query(),
        )

    def _get_flow_query(self):
        return SQL(
            """
            SELECT COALESCE(sum(-l.stock_quantity) FILTER (
                    WHERE l.kind IN ('sell_through', 'sell_out', 'return_in')
                    AND l.date > CURRENT_DATE - c.channel_cover_window), 0) AS sold_qty,
                max(l.date) FILTER (WHERE l.stock_quantity > 0
                    AND l.kind IN ('sell_in', 'receipt', 'opening')) AS last_in,
                max(l.date) FILTER (
                    WHERE l.kind IN ('sell_through', 'sell_out')) AS last_out
            FROM distribution_ledger l
            WHERE l.member_id = s.member_id AND l.product_id = s.product_id
            """
        )

    def _get_ours_query(self):
        """What the member's sales orders of this company have not delivered yet."""
        return SQL(
            """
            SELECT sum((line.product_uom_qty - line.qty_delivered)
                       * unit.factor / own.factor) AS quantity
            FROM sale_order_line line
            JOIN sale_order o ON o.id = line.order_id
            JOIN res_partner buyer ON buyer.id = o.partner_id
            JOIN uom_uom unit ON unit.id = line.product_uom_id
            JOIN uom_uom own ON own.id = t.uom_id
            WHERE line.product_id = s.product_id AND o.state = 'sale'
              AND o.company_id = s.company_id
              AND buyer.commercial_partner_id = m.partner_id
              AND line.product_uom_qty > line.qty_delivered
            """
        )

    def _get_theirs_query(self):
        return SQL(
            """
            SELECT sum((CASE WHEN line.state = 'sent' THEN line.product_qty
                        ELSE line.confirmed_qty - line.delivered_qty END)
                       * unit.factor / own.factor) AS quantity
            FROM distribution_order_line line
            JOIN uom_uom unit ON unit.id = line.product_uom_id
            JOIN uom_uom own ON own.id = t.uom_id
            WHERE line.buyer_id = s.member_id AND line.product_id = s.product_id
              AND line.state IN ('sent', 'confirmed', 'partly')
              AND line.is_closed IS NOT TRUE
            """
        )

    @api.depends("average_qty", "quantity", "promised_qty", "on_order_qty")
    def _compute_suggested_qty(self):
        for row in self:
            target = row.company_id.channel_cover_target * row.average_qty
            missing = target - row.quantity + row.promised_qty - row.on_order_qty
            pack = row.product_id._get_channel_pack()
            row.suggested_qty = max(math.ceil(round(missing / pack, 6)), 0) * pack

    def action_view_ledger(self):
        """The postings behind these figures."""
        stock = self.env["distribution.stock"].browse(self.ids)
        return stock.action_view_ledger()

    def action_make_orders(self):
        """Make orders of what is suggested: sales orders of this company where it
        supplies the member, secondary orders where another member does.

        :return: an action that shows what was made
        """
        wanted = defaultdict(dict)
        for row in self:
            if row.suggested_qty > 0:
                wanted[row.member_id][row.product_id] = row.suggested_qty
        return self.env["distribution.member"]._make_suggested_orders(wanted)
