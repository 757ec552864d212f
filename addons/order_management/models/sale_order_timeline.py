# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from pytz import UTC, timezone

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import formatLang

#: parcels that have left, whatever became of them
_LEFT = (
    "shipped",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "failed",
    "returning",
    "returned",
)


class SaleOrder(models.Model):
    """An order; here: what its customer may see of it.

    Read as superuser, because customers have no rights on transfers; what is handed
    out is text: no prices, no street, no phone number, no record to follow further.
    """

    _inherit = "sale.order"

    def _get_customer_pickings(self):
        """The transfers of these orders that leave for the customer, as superuser."""
        # as `stock.location._is_customer_side`
        customer_side = Domain("usage", "=", "customer") | Domain(
            [("usage", "=", "transit"), ("company_id", "=", False)]
        )
        pickings = self.env["stock.picking"].sudo()
        return pickings.search_fetch(
            [
                ("sale_id", "in", self.ids),
                ("state", "!=", "cancel"),
                ("location_dest_id", "any", customer_side),
                ("location_id", "not any", customer_side),
            ],
            pickings._get_parcel_fields(),
        )

    def _get_tracking_values(self):
        """All that the customer's page shows, in the language of the context.

        The number of queries grows neither with lines nor with parcels.

        :return: dict of texts: ``number``, ``steps``, ``parcels``, ``items``,
            ``place``, ``expected``, ``notice``, ``requests``, ``allowed``,
            ``shortages``, ``returnable``, ``reasons``, ``in_parts``
        """
        self.ensure_one()
        order_sudo = self.sudo().with_company(self.company_id)
        parts = order_sudo._get_tracking_parts()
        pickings = parts._get_customer_pickings()
        moves_of = order_sudo._get_parcel_moves(pickings)
        parcels = order_sudo._get_parcels(pickings, moves_of)
        moves = self.env["stock.move"].sudo().concat(*moves_of.values())
        returnable = [one for part in parts for one in part._get_tracking_returnable()]
        first = parts._get_tracking_first()
        return {
            "number": order_sudo._get_tracking_number(),
            "steps": first._get_tracking_steps(parcels),
            "parcels": parcels,
            "items": parts._get_tracking_items(moves),
            "place": first._get_tracking_place(),
            "expected": parts._get_tracking_expected(parcels),
            "notice": parts._get_tracking_notice(),
            "requests": parts._get_tracking_requests(),
            "allowed": parts._get_tracking_allowed(moves),
            "shortages": [s for part in parts for s in part._get_tracking_shortages()],
            "returnable": returnable,
            "reasons": order_sudo._get_tracking_reasons() if returnable else [],
            "in_parts": len(parts) > 1,
        }

    def _get_tracking_steps(self, parcels):
        """The way of the order: received, approved, packed, shipped, delivered.

        :return: list of dicts with ``name``, ``label``, ``date``, ``state`` (``done``,
            ``current`` or ``todo``)
        """
        left = [parcel for parcel in parcels if parcel["state"] in _LEFT]
        packed = [p for p in parcels if p["state"] == "packed"] + left
        delivered = [p for p in left if p["state"] == "delivered"]
        is_all_out = bool(left) and len(left) == len(parcels)
        facts = [
            ("received", self.env._("Received"), True, self._get_received_at()),
            (
                "approved",
                self.env._("Approved"),
                self.state == "sale",
                self.state == "sale" and self._get_approved_at(),
            ),
            (
                "packed",
                self.env._("Packed"),
                bool(packed) and len(packed) == len(parcels),
                False,
            ),
            ("shipped", self.env._("Shipped"), is_all_out, _last(left, "left_at")),
            (
                "delivered",
                self.env._("Delivered"),
                bool(delivered) and len(delivered) == len(parcels),
                _last(delivered, "arrived_at"),
            ),
        ]
        if self.is_channel_history:
            facts = facts[:2]
        steps, is_next = [], True
        for name, label, is_done, moment in facts:
            is_current = not is_done and is_next and self.state != "cancel"
            is_next = is_next and is_done
            state = "done" if is_done else "current" if is_current else "todo"
            date = is_done and self._format_customer_date(moment)
            steps.append(
                {"name": name, "label": label, "date": date or "", "state": state}
            )
        return steps

    def _get_received_at(self):
        # a channel tells when the order was placed; confirming moves the order's date
        moments = (self.create_date, self.date_order)
        return min(moment for moment in moments if moment)

    def _get_approved_at(self):
        if self.approval_mode != "explicit":
            return self.date_order
        event = self.env["order.event"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("kind", "=", "approval"),
                ("to_state", "=", "approved"),
            ],
            order="id desc",
            limit=1,
        )
        return event.event_at or self.date_order

    def _get_parcels(self, pickings=None, moves_of=None):
        """The parcels of this order, those that left first.

        :param pickings: the transfers, where they are read already
        :param moves_of: their moves, by transfer
        :return: list of dicts with ``name``, ``state``, ``label``, ``carrier``,
            ``links``, ``lines`` ([(product, quantity)]), ``events`` ([(date, text,
            place)]), ``left_at``, ``arrived_at`` (naive UTC), ``left``, ``arrived``,
            ``due`` (texts)
        """
        self.ensure_one()
        if pickings is None:
            pickings = self._get_customer_pickings()
        pickings = pickings.with_context(display_default_code=False)
        labels = self._get_parcel_labels()
        if moves_of is None:
            moves_of = self._get_parcel_moves(pickings)
        events_of = pickings._get_parcel_events()
        parcels = []
        for picking in pickings.sorted(lambda p: (not p.date_done, p.id)):
            moves = moves_of.get(picking, self.env["stock.move"])
            moves = moves.with_env(pickings.env)
            state = picking._get_parcel_state(moves)
            left_at = picking.date_done if picking.state == "done" else False
            arrived_at = picking._get_customer_date() if state == "delivered" else False
            due = False if left_at else self._get_parcel_due(picking, moves)
            parcels.append(
                {
                    "id": picking.id,
                    "name": picking.name,
                    "state": state,
                    "label": labels.get(state, labels["shipped"]),
                    "carrier": picking.carrier_id.name or "",
                    "links": picking._get_parcel_links(),
                    "lines": self._get_parcel_lines(picking, moves),
                    "events": [
                        (self._format_customer_date(moment), text, place)
                        for moment, text, place in events_of.get(picking.id, ())
                    ],
                    "left_at": left_at,
                    "arrived_at": arrived_at,
                    "left": self._format_customer_date(left_at),
                    "arrived": self._format_customer_date(arrived_at),
                    "due": self._format_customer_date(due),
                }
            )
        return parcels

    def _get_parcel_moves(self, pickings):
        """``{transfer: its moves}``, one query."""
        moves = self.env["stock.move"].sudo()
        found = moves.search_fetch(
            [("picking_id", "in", pickings.ids)], moves._get_parcel_fields()
        )
        return found.grouped("picking_id")

    def _get_parcel_due(self, picking, moves):
        """When a parcel is to leave: as planned, or when its goods are promised."""
        promised = moves.sale_line_id.mapped("promised_at")
        due = max(filter(None, [picking.scheduled_date, *promised]), default=False)
        return _not_over(due)

    def _get_parcel_labels(self):
        return {
            "preparing": self.env._("In preparation"),
            "packed": self.env._("Packed"),
            "shipped": self.env._("Shipped"),
            "picked_up": self.env._("With the carrier"),
            "in_transit": self.env._("On its way"),
            "out_for_delivery": self.env._("Out for delivery"),
            "delivered": self.env._("Delivered"),
            "failed": self.env._("Could not be delivered"),
            "returning": self.env._("On its way back"),
            "returned": self.env._("Came back to us"),
        }

    def _get_parcel_lines(self, picking, moves):
        totals = {}
        for move in moves:
            if move.state == "cancel":
                continue
            quantity = (
                move.quantity if picking.state == "done" else move.product_uom_qty
            )
            key = (move.product_id, move.product_uom)
            totals[key] = totals.get(key, 0.0) + quantity
        return [
            (product.display_name, self._format_customer_qty(quantity, uom))
            for (product, uom), quantity in totals.items()
            if not uom.is_zero(quantity)
        ]

    def _get_tracking_lines(self):
        """The lines of this order that its customer follows: no freight, no notes."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_uom_qty > 0
                and not line._is_fee()
            )
        )

    def _get_tracking_items(self, moves=None):
        """What was ordered: dicts with ``name``, ``ordered``, ``shipped`` and
        ``expected`` (texts)."""
        items = []
        open_lines = self._get_tracking_open_lines(moves)
        for line in self._get_tracking_lines():
            uom = line.product_uom_id
            order = line.order_id
            product = line.product_id.with_context(display_default_code=False)
            is_open = line in open_lines
            promised = is_open and order.state == "sale" and _not_over(line.promised_at)
            items.append(
                {
                    "name": product.display_name,
                    "ordered": order._format_customer_qty(line.product_uom_qty, uom),
                    "shipped": order._format_customer_qty(line.qty_delivered, uom),
                    "is_shipped": not is_open,
                    "expected": order._format_customer_date(promised),
                }
            )
        return items

    def _get_tracking_open_lines(self, moves=None):
        """Lines of which something is still to leave; what left and came back is not
        open again.

        :param moves: of the transfers to the customer, where they are read already
        """
        if moves is None:
            moves = self._get_customer_pickings().move_ids
        gone, waiting = set(), set()
        for move in moves:
            if move.state != "cancel":
                (gone if move.state == "done" else waiting).add(move.sale_line_id)
        return self._get_tracking_lines().filtered(
            lambda line: line._is_still_open() and line not in gone - waiting
        )

    def _get_tracking_place(self):
        """Where it goes, as far as somebody who finds the link may know."""
        partner = self.partner_shipping_id
        parts = (partner.city, partner.state_id.name, partner.country_id.name)
        return ", ".join(filter(None, parts))

    def _get_tracking_expected(self, parcels):
        """When all of it will have left, or nothing where it has or nobody knows."""
        orders = self.filtered(
            lambda order: order.state == "sale" and not order.is_channel_history
        )
        if not orders or parcels and all(parcel["left_at"] for parcel in parcels):
            return ""
        moments = [order._get_tracking_expected_at() for order in orders]
        moment = max(filter(None, moments), default=False)
        return orders[0]._format_customer_date(_not_over(moment))

    def _get_tracking_expected_at(self):
        """When all of this order is expected to leave; False when nobody knows."""
        promised = [
            line.promised_at
            for line in self._get_tracking_lines()
            if line.promised_at
            and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty)
            < 0
        ]
        return (
            max(promised, default=False) or self.commitment_date or self.expected_date
        )

    def _get_tracking_notice(self):
        """What is special about the order now, in one sentence."""
        if all(order.state == "cancel" for order in self):
            return self.env._("This order was cancelled.")
        if any(
            order.state in ("draft", "sent") and order.approval_state == "to_approve"
            for order in self
        ):
            return self.env._("We are looking through your order.")
        return ""

    def _format_customer_date(self, moment):
        """A day as the customer writes it, where the customer lives."""
        if not moment:
            return ""
        name = self.partner_id.tz or self.company_id.partner_id.tz or "UTC"
        local = UTC.localize(fields.Datetime.to_datetime(moment)).astimezone(
            timezone(name)
        )
        return format_date(self.env, local.date())

    def _format_customer_qty(self, quantity, uom):
        """A quantity with its unit, without needless digits."""
        digits = 0 if float(quantity).is_integer() else 2
        return f"{formatLang(self.env, quantity, digits=digits)} {uom.name}"


def _not_over(moment):
    """A promised moment, or False a day after it: then nobody knows."""
    return bool(moment) and (
        moment + timedelta(days=1) > fields.Datetime.now() and moment
    )


def _last(parcels, name):
    return max((parcel[name] for parcel in parcels if parcel[name]), default=False)
