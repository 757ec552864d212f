# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo import api, fields, models

from ..allocation import Claim, share
from ..tools.figures import plain_figure

#: comes after every class that has a place
_LAST = 1_000_000


class OrderFairShareProduct(models.Model):
    """A scarce product in a sharing: how much there is, in which packs it leaves."""

    _name = "order.fair.share.product"
    _description = "Product in a Fair Share"
    _order = "id"

    share_id = fields.Many2one(
        "order.fair.share", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="share_id.company_id", store=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    uom_id = fields.Many2one(related="product_id.uom_id")
    pack_uom_id = fields.Many2one(
        "uom.uom",
        "Pack",
        compute="_compute_pack_uom_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        help="Shares are whole packs of this.",
    )
    found_qty = fields.Float(
        "Found", digits=0, min_display_digits="Product Unit", readonly=True
    )
    own_supply = fields.Boolean(
        "By Hand", help="Share another quantity than what was found."
    )
    supply_qty = fields.Float(
        "To Share",
        digits=0,
        min_display_digits="Product Unit",
        compute="_compute_supply_qty",
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many("order.fair.share.line", "share_product_id", "Shares")
    wanted_qty = fields.Float(
        "Wanted", digits=0, min_display_digits="Product Unit", compute="_compute_sums"
    )
    given_qty = fields.Float(
        "Given", digits=0, min_display_digits="Product Unit", compute="_compute_sums"
    )

    _share_product_uniq = models.Constraint(
        "UNIQUE (share_id, product_id)", "Each product is shared once."
    )
    _supply_check = models.Constraint(
        "CHECK (supply_qty >= 0)", "No less than nothing can be shared."
    )

    @api.depends("product_id")
    def _compute_pack_uom_id(self):
        for row in self:
            row.pack_uom_id = row.product_id.uom_id

    @api.depends("found_qty", "own_supply")
    def _compute_supply_qty(self):
        for row in self:
            row.supply_qty = row.supply_qty if row.own_supply else row.found_qty

    @api.depends("line_ids.wanted_qty", "line_ids.share_qty")
    def _compute_sums(self):
        for row in self:
            row.wanted_qty = sum(row.line_ids.mapped("wanted_qty"))
            row.given_qty = sum(row.line_ids.mapped("share_qty"))

    def _refresh_supply(self, claims=None):
        """Look again how much there is, for all products in one go.

        :param claims: order lines that share it, by default all that wait
        """
        for document, rows in self.grouped("share_id").items():
            products = rows.product_id
            if claims is None:
                claims = document._find_sale_lines(products)
            supply = document._get_supply(products, claims)
            quantities = {product.id: found for product, found in supply.items()}
            for row in rows:
                row.found_qty = quantities[row.product_id.id]

    def _prepare_shares(self):
        """Values of the shares of one product."""
        self.ensure_one()
        document, product = self.share_id, self.product_id
        lines = document._find_sale_lines(product)
        claims = self._get_claims(lines)
        results = share(
            self.supply_qty,
            claims,
            document.policy,
            pack=self.pack_uom_id._compute_quantity(1, product.uom_id, round=False),
            step=min(product.uom_id.rounding, 1.0),
        )
        return [
            {
                "share_id": document.id,
                "share_product_id": self.id,
                "sale_line_id": line.id,
                "ordered_qty": line.product_uom_qty,
                "wanted_qty": claim.wanted,
                "share_qty": result.quantity,
                "before_qty": line.approved_qty,
                "reason": self._describe(result, place, len(claims)),
            }
            for place, (line, claim, result) in enumerate(
                zip(lines, claims, results, strict=True), 1
            )
        ]

    def _get_claims(self, lines):
        document = self.share_id
        ranks = self._get_ranks(lines)
        weights = self._get_weights(lines)
        return [
            Claim(
                line.id,
                document._get_open_qty(line),
                rank=ranks[line.order_id],
                weight=weights.get(line.id),
            )
            for line in lines
        ]

    def _get_ranks(self, lines):
        """``{order: rank}`` of the document's policy."""
        document, orders = self.share_id, lines.order_id
        if document.policy == "class":
            places = {
                row.partner_category_id.id: place
                for place, row in enumerate(document.class_ids, 1)
            }
            return {order: self._get_class(order, places) for order in orders}
        if document.policy == "first":
            paid = self._get_paid_moments(orders)
            return {
                order: (
                    order not in paid,
                    paid.get(order, order.date_order),
                    order.id,
                )
                for order in orders
            }
        return dict.fromkeys(orders, 0)

    @api.model
    def _get_class(self, order, places):
        partner = order.partner_id
        tags = partner.category_id | partner.commercial_partner_id.category_id
        return min((places.get(tag.id, _LAST) for tag in tags), default=_LAST)

    @api.model
    def _get_paid_moments(self, orders):
        """``{order: when its money came}`` of orders that are paid."""
        moments = {order: order.date_order for order in orders if order.channel_paid}
        for order in orders.sudo():
            done = order.transaction_ids.filtered(lambda tx: tx.state == "done")
            if done:
                first = min(tx.last_state_change or datetime.max for tx in done)
                moments[orders.browse(order.id)] = first
        return moments

    def _get_weights(self, lines):
        """``{line id: weight}`` where the customers' quotas decide.

        The tightest quota in quantity that a customer has for the product; several
        orders of one customer share it by what they want.
        """
        document = self.share_id
        if document.policy == "first" or document.weight_by != "quota":
            return {}
        orders = lines.order_id.sudo()
        bookings = orders._match_quotas(dict.fromkeys(orders.ids, "hold"))
        limits = {}
        for booking in bookings:
            quota = booking.quota
            if quota.measure == "quantity" and self.product_id.id in booking.products:
                unit = self.env["uom.uom"].browse(quota.uom_id)
                limit = unit._compute_quantity(
                    quota.limit, self.product_id.uom_id, round=False
                )
                known = limits.get(booking.order_id, limit)
                limits[booking.order_id] = min(known, limit)
        wanted = {}
        for line in lines:
            partner = line.order_id.partner_id.commercial_partner_id
            quantity = document._get_open_qty(line)
            wanted[partner] = wanted.get(partner, 0.0) + quantity
        return {
            line.id: limits.get(line.order_id.id, 0.0)
            * document._get_open_qty(line)
            / wanted[line.order_id.partner_id.commercial_partner_id]
            for line in lines
        }

    def _describe(self, result, place, count):
        """Why somebody gets what they get, in words for people."""
        document = self.share_id
        names = {
            "pack": plain_figure(result.details["pack"]),
            "unit": self.uom_id.name,
            "share": plain_figure(result.details.get("share", result.quantity)),
            "weight": dict(
                document._fields["weight_by"]._description_selection(self.env)
            )[document.weight_by],
            "count": count,
            "rank": result.details["rank"],
        }
        if result.code == "all":
            return self.env._("There is enough: all of it.")
        if document.policy == "first":
            paid, moment, _id = names["rank"]
            names["moment"] = moment
            if paid:
                return self.env._(
                    "Not paid, ordered %(moment)s: what others left, in packs of "
                    "%(pack)s %(unit)s.",
                    **names,
                )
            return self.env._(
                "Paid %(moment)s: what those who paid earlier left, in packs of "
                "%(pack)s %(unit)s.",
                **names,
            )
        if "share" not in result.details:
            return self.env._("Other classes come first: nothing is left.")
        if document.policy == "class" and names["rank"] < _LAST:
            return self.env._(
                "Class %(rank)s: exact share %(share)s by “%(weight)s”, in packs of "
                "%(pack)s %(unit)s.",
                **names,
            )
        return self.env._(
            "Exact share %(share)s by “%(weight)s”, in packs of %(pack)s %(unit)s.",
            **names,
        )
