# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.columns import create_column_with_default


def _to_sql_on_slip(*states):
    """Domain's SQL: a parcel is on a slip that was not cancelled; in some states.

    Looked up parcel by parcel or joined, as PostgreSQL likes: lists of the ids of all
    slips of all years would not fit into its memory.
    """
    in_state = SQL("AND line.state IN %s", states) if states else SQL()

    def to_sql(model, alias, query):
        model.env["cod.slip.line"].flush_model(["is_live", "picking_id", "state"])
        return SQL(
            "EXISTS (SELECT FROM cod_slip_line line"
            " WHERE line.picking_id = %s AND line.is_live %s)",
            SQL.identifier(alias, "id"),
            in_state,
        )

    return to_sql


class StockPicking(models.Model):
    """A parcel; here: the money that its carrier collects at the door."""

    _inherit = "stock.picking"

    # stored: sums of years of parcels need not look up their orders
    cod_currency_id = fields.Many2one(
        "res.currency",
        "Currency to Collect",
        compute="_compute_cod_currency_id",
        store=True,
        help="Of the money that the carrier collects; empty where it collects none.",
    )
    # set when the parcel leaves: what is collected then does not change any more
    cod_amount = fields.Monetary(
        "To Collect",
        currency_field="cod_currency_id",
        readonly=True,
        copy=False,
        help="What the carrier collects from the receiver of this parcel.",
    )
    cod_slip_line_ids = fields.One2many(
        "cod.slip.line", "picking_id", "Slip Lines", readonly=True
    )
    # sudo: who sees the parcel may know where its money is
    cod_slip_id = fields.Many2one(
        "cod.slip", "COD Slip", compute="_compute_cod", compute_sudo=True
    )
    cod_state = fields.Selection(
        [
            ("open", "Not handed over"),
            ("slip", "On a slip"),
            ("paid", "Handed over"),
        ],
        "Money",
        compute="_compute_cod",
        compute_sudo=True,
        search="_search_cod_state",
    )
    cod_days = fields.Integer(
        "Days Since It Left",
        compute="_compute_cod",
        compute_sudo=True,
        help="How long the carrier has had the parcel, or the money.",
    )

    # all that lists and groups of these parcels ask for
    _cod_open_idx = models.Index(
        "(company_id, carrier_id) INCLUDE (id, cod_amount, cod_currency_id, date_done,"
        " priority, scheduled_date, state) WHERE cod_amount > 0"
    )

    def _auto_init(self):
        """Make the columns before the ORM does, which would fill them row by row."""
        create_column_with_default(self.env.cr, self, "cod_amount", None)
        if create_column_with_default(self.env.cr, self, "cod_currency_id", None):
            self.env.cr.execute(
                "UPDATE stock_picking SET cod_currency_id = sale_order.currency_id"
                " FROM sale_order WHERE sale_order.id = stock_picking.sale_id"
                " AND stock_picking.cod_amount > 0"
            )
        return super()._auto_init()

    @api.depends("cod_amount")
    def _compute_cod_currency_id(self):
        for picking in self:
            picking.cod_currency_id = (
                picking.sale_id.currency_id if picking.cod_amount else False
            )

    @api.depends("cod_amount", "cod_slip_line_ids.slip_id.state", "date_done")
    def _compute_cod(self):
        now = fields.Datetime.now()
        for picking in self:
            line = picking.cod_slip_line_ids.filtered("is_live")[:1]
            picking.cod_slip_id = line.slip_id
            picking.cod_days = (now - (picking._get_cod_since() or now)).days
            if line:
                picking.cod_state = "paid" if line.slip_id.state == "paid" else "slip"
            else:
                picking.cod_state = "open" if picking.cod_amount else False

    def _search_cod_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        has_money = Domain("cod_amount", ">", 0)
        live = Domain.custom(
            to_sql=_to_sql_on_slip(),
            predicate=lambda picking: picking.cod_state in ("slip", "paid"),
        )
        paid = Domain.custom(
            to_sql=_to_sql_on_slip("paid"),
            predicate=lambda picking: picking.cod_state == "paid",
        )
        if {"open", "slip"} <= set(value):
            # what was paid is the less there is to look up
            value = set(value) - {"open", "slip"}
            domain = (has_money | live) & ~paid
        else:
            domain = Domain.FALSE
        for state in value:
            domain |= {
                "open": has_money & ~live,
                "slip": live & ~paid,
                "paid": paid,
                False: ~has_money & ~live,
            }.get(state, Domain.FALSE)
        return domain

    def _get_cod_since(self):
        """When the carrier got the money, as far as anybody knows."""
        self.ensure_one()
        return self.delivered_at or self.date_done

    def _action_done(self):
        """Override of `stock`: what leaves now takes its part of the money along."""
        result = super()._action_done()
        left = self.filtered(
            lambda picking: (
                picking.state == "done" and picking.picking_type_code == "outgoing"
            )
        )
        at_the_door = left.sale_id._get_cash_on_delivery_ids()
        left.filtered(
            lambda picking: picking.sale_id.id in at_the_door
        )._set_cod_amount()
        return result

    def _set_cod_amount(self):
        """Share what is to be collected for an order among its parcels.

        By what is in each, in the order in which they leave; the last one takes the
        rest, so that nothing is lost in rounding. What is not paid by parcels, such as
        freight, goes with the first.
        """
        for picking in self:
            # sudo: who ships need not see what was paid
            order = picking.sudo().sale_id
            earlier = order.picking_ids.filtered(
                lambda other, picking=picking: (
                    other.state == "done" and other != picking
                )
            )
            left = order._get_cod_total() - sum(earlier.mapped("cod_amount"))
            amount = left
            if any(
                move.state not in ("done", "cancel")
                and move.location_dest_id.usage == "customer"
                for move in order.order_line.move_ids
            ):
                amount = min(picking._get_cod_share(order, bool(earlier)), left)
            picking.sudo().cod_amount = max(order.currency_id.round(amount), 0.0)

    def _get_cod_share(self, order, is_later):
        """What the content of this parcel costs, tax included."""
        self.ensure_one()
        amount = 0.0
        for move in self.sudo().move_ids.filtered(lambda move: move.state == "done"):
            line = move.sale_line_id
            if line.product_uom_qty:
                quantity = move.product_uom._compute_quantity(
                    move.quantity, line.product_uom_id, round=False
                )
                amount += line.price_total * quantity / line.product_uom_qty
        if not is_later:
            others = order.order_line.filtered(lambda line: not line.move_ids)
            amount += sum(others.mapped("price_total"))
            amount -= order.amount_total - order._get_cod_total()
        return amount
