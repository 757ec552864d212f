# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.columns import create_column_with_default

TRACKING_STATES = [
    ("created", "Announced"),
    ("picked_up", "Picked up"),
    ("in_transit", "In transit"),
    ("out_for_delivery", "Out for delivery"),
    ("delivered", "Delivered"),
    ("failed", "Delivery failed"),
    ("returning", "On its way back"),
    ("returned", "Returned to us"),
]
#: of two events of the same second, the one that usually comes later
_TURN = (
    "created",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "failed",
    "delivered",
    "returning",
    "returned",
)
#: what a parcel that was delivered once may become without that being untrue
_AFTER_DELIVERY = ("delivered", "returning", "returned")
_ACTIVITY_TYPE = "order_management.mail_activity_type_shipment"


class StockPicking(models.Model):
    """A transfer; here: where its parcel is, as the carrier tells.

    The history decides, not what arrives last: the state is that of the event with the
    latest time, so that messages may come in any order.
    """

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    tracking_state = fields.Selection(
        TRACKING_STATES,
        "Parcel",
        readonly=True,
        copy=False,
        group_expand="_group_expand_tracking_state",
    )
    tracked_at = fields.Datetime("Last Event", readonly=True, copy=False)
    delivered_at = fields.Datetime(readonly=True, copy=False)
    deliver_by = fields.Datetime(
        "Promised",
        readonly=True,
        copy=False,
        help="When the customer expects it: what the order promised, else the "
        "carrier's time from the day it left.",
    )
    punctuality = fields.Selection(
        [("on_time", "On time"), ("late", "Late")],
        compute="_compute_punctuality",
        store=True,
        help="Of parcels that were delivered and had been promised for a day.",
    )
    shipment_event_ids = fields.One2many(
        "shipment.event",
        "picking_id",
        "Parcel Events",
        readonly=True,
        domain=[("meaning_ids", "=", False)],
    )

    _tracking_state_idx = models.Index(
        "(tracking_state, carrier_id) WHERE tracking_state IS NOT NULL"
    )

    # parcels of years in the order of their list
    _parcel_list_idx = models.Index(
        "(priority DESC, scheduled_date, id DESC) WHERE tracking_state IS NOT NULL"
    )
    # of these, the few that are on their way, or have not left
    _under_way_list_idx = models.Index(
        "(priority DESC, scheduled_date, id DESC) WHERE tracking_state IN ('created',"
        " 'picked_up', 'in_transit', 'out_for_delivery', 'failed', 'returning')"
    )
    _to_ship_list_idx = models.Index(
        "(priority DESC, scheduled_date, id DESC) WHERE tracking_state IS NOT NULL"
        " AND state IN ('waiting', 'confirmed', 'assigned')"
    )
    # what left in a month
    _date_done_idx = models.Index("(date_done) WHERE date_done IS NOT NULL")
    _arrived_late_idx = models.Index("(id) WHERE punctuality = 'late'")
    # what left and is not known to have arrived
    _under_way_idx = models.Index(
        "(deliver_by) WHERE state = 'done' AND (tracking_state IS NULL"
        " OR tracking_state NOT IN ('delivered', 'returning', 'returned'))"
    )
    _several_numbers_idx = models.Index(
        "(carrier_id) WHERE carrier_tracking_ref LIKE '%,%'"
        " OR carrier_tracking_ref LIKE '% %'"
    )

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "punctuality", None)
        return super()._auto_init()

    @api.depends("delivered_at", "deliver_by")
    def _compute_punctuality(self):
        for picking in self:
            picking.punctuality = False
            if picking.delivered_at and picking.deliver_by:
                late = picking.delivered_at > picking.deliver_by
                picking.punctuality = "late" if late else "on_time"

    @api.model
    def _group_expand_tracking_state(self, states, domain):
        """The states of ``states`` along the parcel's way, not by name."""
        return [state for state, _label in TRACKING_STATES if state in states]

    @api.model
    def _get_shipment_codes(self):
        """Codes of the operation types that bring goods to customers."""
        return ("outgoing", "dropship")

    def _get_shipment_events(self):
        """What happened to these parcels, oldest first, with superuser rights: who may
        see a delivery may see where it is."""
        events = self.env["shipment.event"].sudo()
        return events.search_fetch(
            Domain("picking_id", "in", self.ids) & Domain("meaning_ids", "=", False),
            ["event_at", "picking_id", "place", "state", "text"],
            order="event_at, id",
        )

    # what Odoo does -------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override: a delivery that is born with a tracking number is announced."""
        pickings = super().create(vals_list)
        if any(vals.get("carrier_tracking_ref") for vals in vals_list):
            pickings._announce()
        return pickings

    def write(self, vals):
        """Override: with its tracking number a delivery is announced to the carrier."""
        result = super().write(vals)
        if vals.get("carrier_tracking_ref"):
            self._announce()
        return result

    def _announce(self):
        fresh = self.filtered(
            lambda picking: (
                not picking.tracking_state
                and picking.carrier_id
                and picking.picking_type_id.code in self._get_shipment_codes()
            )
        )
        if fresh:
            fresh.write({"tracking_state": "created"})

    def _action_done(self):
        """Override: parcels that leave are followed, and promised for a day."""
        result = super()._action_done()
        left = self.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.carrier_id
                and picking.picking_type_id.code in self._get_shipment_codes()
            )
        )
        if left:
            left._announce()
            groups = left.filtered(lambda picking: not picking.deliver_by).grouped(
                lambda picking: picking._get_promise()
            )
            for promise, pickings in groups.items():
                if promise:
                    pickings.write({"deliver_by": promise})
        return result

    def _get_promise(self):
        """When the customer of this delivery expects it; False when nobody knows."""
        self.ensure_one()
        # who ships need not read orders
        order = self.sale_id.sudo()
        if order.commitment_date:
            return order.commitment_date
        lines = self.move_ids.sale_line_id.sudo()
        if promises := [line.promised_at for line in lines if line.promised_at]:
            return max(promises)
        days = self.carrier_id.transit_days
        return days and self.date_done and self.date_done + timedelta(days=days)

    # what carriers tell ---------------------------------------------------------

    def _apply_shipment_events(self):
        """Bring these deliveries to where their history says they are.

        Called with superuser rights. Two that do it at once meet at the write, and the
        second is tried again.
        """
        moved = defaultdict(self.browse)
        for picking, vals in self._get_tracked_vals():
            changed = {
                name: value for name, value in vals.items() if picking[name] != value
            }
            if not changed:
                continue
            before = picking.tracking_state
            picking.write(changed)
            if picking.tracking_state != before:
                moved[picking.tracking_state] |= picking
        # now, so that a second one stops here and not after the customer was told
        self.flush_recordset(["tracking_state", "tracked_at", "delivered_at"])
        for state, pickings in moved.items():
            pickings._after_tracked(state)

    def _get_tracked_vals(self):
        """[(picking, what its history says)]: one query for any number."""
        if not self:
            return []
        self.env["shipment.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (picking_id) picking_id, state,
                    max(event_at) OVER parcel,
                    min(event_at) FILTER (WHERE state = 'delivered') OVER parcel
                FROM shipment_event WHERE picking_id = ANY(%s)
                WINDOW parcel AS (PARTITION BY picking_id)
                ORDER BY picking_id, state IS NULL, event_at DESC,
                    array_position(%s, state::text) DESC, id DESC
                """,
                list(self.ids),
                list(_TURN),
            )
        )
        result, pickings = [], {picking.id: picking for picking in self}
        for picking_id, state, tracked_at, delivered_at in rows:
            picking = pickings[picking_id]
            after = state in _AFTER_DELIVERY
            vals = {
                "tracking_state": state or picking.tracking_state,
                "tracked_at": tracked_at,
                "delivered_at": after and delivered_at or False,
            }
            result.append((picking, vals))
        return result

    def _after_tracked(self, state):
        """What follows when parcels are in another place.

        :param state: where all of these are now
        """
        self._log_tracking(state)
        if state == "failed":
            self._ask_about_failure()
        elif state in _AFTER_DELIVERY:
            self.activity_unlink([_ACTIVITY_TYPE])
        if state == "delivered":
            for picking in self.filtered("sale_id"):
                picking.sale_id._tell_customer("delivered", key=picking.name)

    def _log_tracking(self, state):
        """Note it in the orders' history; that of the last parcel delivered is what
        invoices wait for."""
        reasons = defaultdict(list)
        for picking in self.filtered("sale_id"):
            numbers = picking.carrier_tracking_ref or picking.carrier_id.name or ""
            reasons[picking.sale_id].append(f"{picking.name} {numbers}".strip())
        whole = self.env["sale.order"]
        if state == "delivered":
            whole = whole.concat(*reasons).filtered(lambda o: o._is_delivered())
        rest = whole.concat(*reasons) - whole
        for orders, word in (
            (whole, "delivered"),
            (rest, "delivered_part" if state == "delivered" else state),
        ):
            if orders:
                texts = {order.id: ", ".join(reasons[order]) for order in orders}
                orders._log_event("shipment", None, word, texts)

    def _ask_about_failure(self):
        """Somebody is to find out why parcels did not reach their customers."""
        known = set(self.activity_search([_ACTIVITY_TYPE]).mapped("res_id"))
        groups = self.filtered(lambda picking: picking.id not in known).grouped(
            lambda picking: picking._get_shipment_person()
        )
        for user, pickings in groups.items():
            pickings.activity_schedule(
                _ACTIVITY_TYPE,
                summary=self.env._("Delivery failed"),
                note=self.env._(
                    "Ask the carrier and the customer, then have it sent again or "
                    "brought back. The page “Parcel” has what the carrier said."
                ),
                user_id=user.id,
            )

    def _get_shipment_person(self):
        """Who looks after a parcel that does not arrive."""
        self.ensure_one()
        order = self.sale_id
        if self.user_id:
            return self.user_id
        if order:
            return order._get_approval_user()
        group = self.env.ref("order_management.group_manager")
        managers = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return managers[:1] or self.env.user
