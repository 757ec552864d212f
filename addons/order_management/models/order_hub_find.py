# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from .order_finder import LIMIT


class OrderHub(models.Model):
    """Every order on one list; here: found by anything, and what one asks about it."""

    _inherit = "order.hub"  # pylint: disable=consider-merging-classes-inherited

    find = fields.Char("Anything", compute="_compute_find", search="_search_find")
    parcels = fields.Char(
        compute="_compute_parcels", help="Tracking numbers, else the transfers."
    )
    hold_count = fields.Integer("Holds", compute="_compute_parcels")
    return_count = fields.Integer("Returns", compute="_compute_parcels")
    payment = fields.Selection(
        [
            ("none", "Not Invoiced"),
            ("open", "Not Paid"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
        ],
        compute="_compute_payment",
        help="Of the invoices posted for the order.",
    )

    def _compute_find(self):
        self.find = False

    @api.model
    def _search_find(self, operator, value):
        """Orders by `order.finder`, inbox rows by their numbers and buyers."""
        if operator not in ("ilike", "="):
            return NotImplemented
        text = (value or "").strip()
        ids = self.env["order.finder"]._find_order_ids(text)
        return Domain("id", "in", ids + self._find_waiting_ids(text))

    @api.model
    def _find_waiting_ids(self, text):
        """Inbox rows without an order, as ids of the hub, the newest `LIMIT`."""
        rows = self.env["channel.order"]
        if not text or not rows.has_access("read"):
            return []
        domain = Domain("sale_order_id", "=", False)
        domain &= Domain("id", "in", rows._select_waiting(text, LIMIT))
        found = rows._search(domain, order="id DESC", limit=LIMIT)
        return [-row_id for row_id in found.get_result_ids()]

    def _compute_parcels(self):
        orders = self.sale_order_id
        numbers = self._get_parcel_numbers(orders)
        holds = orders._count_by_order(
            "stock.hold", "order_id", [("state", "=", "active")]
        )
        returns = orders._count_by_order("channel.return.line", "order_id")
        for row in self:
            order_id = row.sale_order_id.id
            row.parcels = ", ".join(numbers.get(order_id, ())) or False
            row.hold_count = holds.get(order_id, 0)
            row.return_count = returns.get(order_id, 0)

    @api.model
    def _get_parcel_numbers(self, orders):
        """``{order id: [tracking number, or the transfer's name]}``."""
        # who may see an order may know how it travels
        pickings = self.env["stock.picking"].sudo()
        numbers = {}
        for picking in pickings.search_fetch(
            [
                ("sale_id", "in", orders.ids),
                ("state", "!=", "cancel"),
                ("picking_type_code", "=", "outgoing"),
            ],
            ["sale_id", "name", "carrier_tracking_ref"],
            order="id",
        ):
            number = picking.carrier_tracking_ref or picking.name
            numbers.setdefault(picking.sale_id.id, []).append(number)
        return numbers

    def _compute_payment(self):
        for row in self:
            row.payment = row._get_payment()

    def _get_payment(self):
        self.ensure_one()
        if not self.sale_order_id:
            return False
        # whether it is paid is no secret to who sees the order
        invoices = self.sale_order_id.sudo().invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        paid = {"paid": "paid", "in_payment": "paid", "partial": "partial"}
        states = {paid.get(move.payment_state, "open") for move in invoices}
        return states.pop() if len(states) == 1 else "partial" if states else "none"
