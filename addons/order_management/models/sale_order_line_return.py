# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_round

#: noise of unit conversions, never a part of a piece
_NOISE = 0.000001


class SaleOrderLine(models.Model):
    """A line; here: how much of it may still come back.

    One counter for every door: the return form, the customer's page, a channel and
    Odoo's return wizard. Whoever promises that goods come back writes the line's row:
    at REPEATABLE READ that makes two of them meet, and the later one start over.
    """

    _inherit = "sale.order.line"

    returning_qty = fields.Float(
        "Coming Back",
        digits=0,
        readonly=True,
        copy=False,
        help="Units that open returns and transfers are to bring back, and those that "
        "were refunded without the goods, in the line's unit.",
    )

    def _get_returnable_qty(self, without=None):
        """Units that may still come back, whatever the door.

        Once goods of a line have left, only these can come back; before that, and for
        what is known as history only, everything that was ordered.

        :param without: returns (``channel.return``) that do not count
        :return: ``{line: quantity in the line's unit}``
        """
        booked = self._get_booked_returns(without)
        result = {}
        for line in self:
            left = line.product_uom_qty
            if line._has_left():
                left = line._get_kept_qty()
            result[line] = max(left - booked[line.id], 0.0)
        return result

    def _get_booked_returns(self, without=None):
        """Units of these lines that are promised to come back, or given away.

        :param without: returns that do not count
        :return: ``{line id: quantity in the line's unit}``
        """
        result = dict.fromkeys(self.ids, 0.0)
        domain = [
            ("sale_line_id", "in", self.ids),
            ("return_id.state", "not in", ("refused", "cancelled")),
        ]
        if without:
            domain.append(("return_id", "not in", without.ids))
        for entry in self.env["channel.return.line"].sudo().search(domain):
            line = entry.sale_line_id
            result[line.id] += entry.uom_id._compute_quantity(
                entry._get_booked_qty(), line.product_uom_id, round=False
            )
        for line, moves in self._get_loose_return_moves().items():
            result[line.id] += line._count_pieces(
                {
                    product: sum(alike.mapped("product_qty"))
                    for product, alike in moves.grouped("product_id").items()
                },
                whole=max,
            )
        return result

    def _get_loose_return_moves(self):
        """Open transfers back that no return of ours stands behind, by line."""
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", self.ids),
                    ("state", "not in", ("done", "cancel")),
                    ("origin_returned_move_id", "!=", False),
                    ("channel_return_line_id", "=", False),
                ]
            )
        )
        return (
            moves.filtered("product_qty")
            .filtered("is_customer_return")
            .grouped("sale_line_id")
        )

    def _get_return_parts(self, quantity):
        """Hook: what comes back physically with a quantity of this line.

        :param quantity: in the line's unit
        :return: ``{product: quantity in the product's own unit}``
        """
        self.ensure_one()
        return {
            self.product_id: self.product_uom_id._compute_quantity(
                quantity, self.product_id.uom_id, round=False
            )
        }

    def _count_pieces(self, parts, whole=min):
        """Hook: how many of this line physical parts make.

        :param parts: ``{product: quantity in the product's own unit}``
        :param whole: ``min`` or ``max``: kits by the part furthest behind or ahead
        :return: quantity in the line's unit
        """
        self.ensure_one()
        return self.product_id.uom_id._compute_quantity(
            parts.get(self.product_id, 0.0), self.product_uom_id, round=False
        )

    def _book_returns(self, check=True):
        """Count again what is to come back, and hold it to what has left.

        :param check: also refuse what is too much; else only the rows are written
        :raises UserError: more would come back than has left, or a part of it that
            was never shipped
        """
        lines = self.sudo().exists()
        if not lines:
            return
        lines.company_id.filtered(lambda c: not c.has_returns).has_returns = True
        # locks the rows, in the order of their ids
        net = lines._get_net_shipped()
        booked = lines._get_booked_returns()
        if check:
            for line in lines:
                room = net[line.id] if line._has_left() else line.product_uom_qty
                if booked[line.id] > max(room, 0.0) + _NOISE:
                    line._refuse_return(room, booked[line.id])
            lines._check_return_parts()
        self.env.execute_query(
            SQL(
                "UPDATE sale_order_line line SET returning_qty = booked.quantity "
                "FROM unnest(%s, %s::numeric[]) AS booked(id, quantity) "
                "WHERE line.id = booked.id",
                list(booked),
                list(booked.values()),
            )
        )
        lines.invalidate_recordset(["returning_qty"], flush=False)

    def _check_return_parts(self):
        """Nothing comes back that was not shipped: by product, and by lot.

        :raises UserError: naming the product or the lot
        """
        for line, product, lot, left in self._get_parts_left():
            if left < -_NOISE:
                names = {
                    "order": line.order_id.name,
                    "product": product.display_name,
                }
                if lot:
                    raise UserError(
                        self.env._(
                            "Lot %(lot)s of %(product)s was not shipped with order "
                            "%(order)s, or came back already. Scan one of those that "
                            "were shipped, or enter it as an unknown parcel.",
                            lot=lot.display_name,
                            **names,
                        )
                    )
                raise UserError(
                    self.env._(
                        "%(product)s of order %(order)s: %(more)g more would come back "
                        "than was shipped. Lower the quantity, or enter the rest as an "
                        "unknown parcel.",
                        more=float_round(-left, precision_digits=6),
                        **names,
                    )
                )

    def _get_parts_left(self):
        """What is at the customer's and not on its way back.

        :return: list of (line, product, lot or empty, quantity in the product's unit):
            one for each product, and one for each lot that moved
        """
        moves, lots = self.env["stock.move"], self.env["stock.lot"]
        parts = self.env["stock.move.line"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.sale_line_id, move.product_id, part.lot_id,
                       SUM(part.quantity_product_uom
                           * (%(to_customer)s::int - %(from_customer)s::int))
                FROM stock_move move
                JOIN stock_move_line part ON part.move_id = move.id
                JOIN stock_location src ON src.id = part.location_id
                JOIN stock_location dest ON dest.id = part.location_dest_id
                WHERE move.sale_line_id = ANY(%(ids)s) AND move.state = 'done'
                  AND NOT (%(from_customer)s AND dest.usage = 'inventory')
                GROUP BY 1, 2, 3
                """,
                ids=list(self.ids),
                to_customer=self._sql_is_customer_side(SQL.identifier("dest")),
                from_customer=self._sql_is_customer_side(SQL.identifier("src")),
                to_flush=[
                    *self._get_counted_fields(),
                    parts._fields["lot_id"],
                    parts._fields["quantity_product_uom"],
                ],
            )
        )
        totals, result = defaultdict(float), []
        for line_id, product_id, lot_id, quantity in rows:
            totals[line_id, product_id] += float(quantity)
            if lot_id:
                product = moves.product_id.browse(product_id)
                lot = lots.sudo().browse(lot_id)
                result.append((self.browse(line_id), product, lot, float(quantity)))
        coming = moves.sudo().search(
            [
                ("sale_line_id", "in", self.ids),
                ("state", "not in", ("done", "cancel")),
                ("origin_returned_move_id", "!=", False),
            ]
        )
        for move in coming.filtered("is_customer_return"):
            totals[move.sale_line_id.id, move.product_id.id] -= move.product_qty
        return result + [
            (self.browse(line_id), moves.product_id.browse(product_id), lots, quantity)
            for (line_id, product_id), quantity in totals.items()
        ]

    def _refuse_return(self, room, booked):
        """:raises UserError: telling what may come back, and what is open already"""
        self.ensure_one()
        entries = self.channel_return_line_ids.filtered(lambda x: x._get_booked_qty())
        transfers = self._get_loose_return_moves().get(self, self.env["stock.move"])
        names = entries.return_id.mapped("name") + [
            name for name in transfers.picking_id.mapped("name") if name
        ]
        raise UserError(
            self.env._(
                "%(product)s of order %(order)s: %(left)g %(unit)s can come back, "
                "%(booked)g would be on the way (%(names)s). Lower the quantity, or "
                "refuse or cancel what is too much.",
                product=self.product_id.display_name or self.name,
                order=self.order_id.name,
                left=max(float_round(room, precision_digits=6), 0.0),
                unit=self.product_uom_id.name or "",
                booked=float_round(booked, precision_digits=6),
                names=", ".join(names),
            )
        )

    def _has_left(self):
        """Whether goods of this line went to the customer from here."""
        self.ensure_one()
        return bool(self.net_shipped_qty or self.qty_delivered) or any(
            move.state == "done" for move in self.move_ids
        )

    def _get_left_qty(self):
        """What left less what came back; without control Odoo's own count."""
        self.ensure_one()
        return self.net_shipped_qty if self._is_under_ceiling() else self.qty_delivered

    def _get_kept_qty(self):
        """What is at the customer's, whatever it was refunded for; kits in whole ones.

        Odoo's delivered quantity knows nothing of what came back without a refund.
        """
        self.ensure_one()
        parts = defaultdict(float)
        for move in self.move_ids:
            if move.state != "done":
                continue
            sign = move.location_dest_id._is_customer_side() - (
                move.location_id._is_customer_side()
            )
            if sign > 0 or move.is_customer_return:
                parts[move.product_id] += sign * move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id, round=False
                )
        return self._count_pieces(parts) if parts else self._get_left_qty()
