# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

_ARRIVED = ("delivered", "returning", "returned")
_OPEN = ("waiting", "confirmed", "assigned")


def _is_unseen(picking):
    """Whether nothing was told about a parcel since it left."""
    seen, left = picking.tracked_at, picking.date_done
    return not seen or bool(left) and seen < left


def _to_sql_unseen(model, alias, query):
    """As `_is_unseen`, in SQL."""
    return SQL(
        "(%(seen)s IS NULL OR %(seen)s < %(left)s)",
        seen=model._field_to_sql(alias, "tracked_at", query),
        left=model._field_to_sql(alias, "date_done", query),
    )


class StockPicking(models.Model):
    """A transfer; here: parcels that somebody has to look after."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    is_unscanned = fields.Boolean(
        "Shipped Without a Scan",
        compute="_compute_is_unscanned",
        search="_search_is_unscanned",
        help="Left longer ago than the carrier takes to scan it, and not seen since.",
    )
    is_late_delivery = fields.Boolean(
        "Late",
        compute="_compute_is_late_delivery",
        search="_search_is_late_delivery",
        help="Promised for a moment that is over: not shipped, or not arrived. What "
        "its carrier never scanned counts for the days set on the carrier.",
    )
    shipment_person_id = fields.Many2one(
        related="sale_id.user_id", string="Salesperson of the Order"
    )

    # lists ----------------------------------------------------------------------

    @api.depends("state", "date_done", "tracked_at", "tracking_state", "carrier_id")
    def _compute_is_unscanned(self):
        now = fields.Datetime.now()
        for picking in self:
            left = picking.date_done
            picking.is_unscanned = bool(
                picking.state == "done"
                and left
                and picking.tracking_state == "created"
                and left + timedelta(hours=picking.carrier_id.no_scan_hours) < now
                and _is_unseen(picking)
            )

    def _search_is_unscanned(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(
            ["carrier_id", "date_done", "state", "tracked_at", "tracking_state"]
        )
        self.env["delivery.carrier"].flush_model(["no_scan_hours"])
        return [
            (
                "id",
                "in",
                SQL(
                    "(SELECT parcel.id FROM stock_picking parcel"
                    " JOIN delivery_carrier carrier ON carrier.id = parcel.carrier_id"
                    " WHERE parcel.state = 'done' AND parcel.tracking_state = 'created'"
                    " AND parcel.date_done"
                    " + make_interval(hours => COALESCE(carrier.no_scan_hours, 0)) < %s"
                    " AND (parcel.tracked_at IS NULL"
                    " OR parcel.tracked_at < parcel.date_done))",
                    fields.Datetime.now(),
                ),
            )
        ]

    @api.depends(
        "carrier_id.unscanned_late_days",
        "date_deadline",
        "deliver_by",
        "state",
        "tracked_at",
        "tracking_state",
    )
    def _compute_is_late_delivery(self):
        late = self._origin.filtered_domain(self._get_late_domain())
        for picking in self:
            picking.is_late_delivery = picking._origin in late

    def _search_is_late_delivery(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._get_late_domain()

        def to_sql(model, alias, _query):
            # an array, found first: PostgreSQL would go through the parcels of years
            # in the order of the list. Who may see them is asked outside of it
            found = model._search(late, active_test=False, bypass_access=True)
            return SQL(
                "%s IN (SELECT unnest(ARRAY(%s)))",
                SQL.identifier(alias, "id"),
                found.select(),
            )

        return Domain.custom(
            to_sql=to_sql, predicate=lambda picking: picking.is_late_delivery
        )

    @api.model
    def _get_late_domain(self):
        now = fields.Datetime.now()
        promised = Domain("date_deadline", "<", now) | self._get_ship_by_domain(now)
        return Domain("picking_type_id.code", "in", self._get_shipment_codes()) & (
            (Domain("state", "in", _OPEN) & promised)
            | (
                Domain("state", "=", "done")
                & Domain("deliver_by", "<", now)
                & Domain("tracking_state", "not in", _ARRIVED)
                & ~self._get_given_up_domain(now)
            )
        )

    @api.model
    def _get_given_up_domain(self, now):
        """Parcels that nobody has seen since they left, for longer than they count as
        late: nobody may ever say that they arrived."""
        unseen = Domain("tracking_state", "=", "created") & Domain.custom(
            to_sql=_to_sql_unseen, predicate=_is_unseen
        )
        # sudo: who looks after parcels need not read carriers; archived ones sent some
        carriers = self.env["delivery.carrier"].sudo().with_context(active_test=False)
        groups = carriers.search([("unscanned_late_days", ">=", 0)]).grouped(
            "unscanned_late_days"
        )
        return unseen & Domain.OR(
            Domain("carrier_id", "in", some.ids)
            & Domain("deliver_by", "<", now - timedelta(days=days))
            for days, some in groups.items()
        )

    @api.model
    def _get_ship_by_domain(self, moment):
        """Transfers of orders that had to be shipped before a moment.

        Looked up order by order, for the few transfers that are open: PostgreSQL would
        go through the orders of all years first.
        """
        ship_by = self.env["sale.order"]._fields["ship_by"]
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(SELECT ship_by FROM sale_order WHERE id = %s) < %s",
                model._field_to_sql(alias, "sale_id", query),
                moment,
                to_flush=ship_by,
            ),
            predicate=lambda picking: bool(
                (due := picking.sudo().sale_id.ship_by) and due < moment
            ),
        )

    # tracking numbers -----------------------------------------------------------

    def _get_tracking_numbers(self):
        """The tracking numbers of one delivery, which Odoo keeps with commas."""
        self.ensure_one()
        parts = (self.carrier_tracking_ref or "").split(",")
        return {part.strip() for part in parts if part.strip()}

    @api.constrains("carrier_id", "carrier_tracking_ref")
    def _check_tracking_unique(self):
        """:raises ValidationError: the number is on a parcel to somebody else"""
        codes = self._get_shipment_codes()
        mine = self.filtered(
            lambda picking: (
                picking.carrier_tracking_ref
                and picking.carrier_id.is_tracking_unique
                and picking.picking_type_id.code in codes
            )
        )
        if not mine:
            return
        numbers = {picking: picking._get_tracking_numbers() for picking in mine}
        wanted = set().union(*numbers.values(), mine.mapped("carrier_tracking_ref"))
        # other companies' parcels count, too: it is the carrier's number
        others = self.sudo().search(
            [
                ("carrier_id", "in", mine.carrier_id.ids),
                ("carrier_tracking_ref", "in", list(wanted)),
                ("picking_type_id.code", "in", codes),
                ("state", "!=", "cancel"),
            ]
        )
        known = {}
        for other in others | mine.sudo():
            for number in other._get_tracking_numbers():
                known.setdefault((other.carrier_id.id, number), []).append(other)
        for picking in mine:
            for number in numbers[picking]:
                for other in known.get((picking.carrier_id.id, number), ()):
                    picking._check_same_address(other, number)

    def _check_same_address(self, other, number):
        group = self.merge_group_id
        if group and group == other.merge_group_id:
            # one parcel, to an address that is written in several ways
            return
        if self._get_address_key() == other._get_address_key():
            return
        # a neighbour company's delivery is not named
        name = other.name
        if other.company_id != self.company_id:
            name = self.env._("a delivery of another company")
        raise ValidationError(
            self.env._(
                "%(carrier)s: the tracking number %(number)s of %(name)s is on "
                "%(other)s to another address already. Enter this parcel's own number, "
                "or correct the other one first.",
                carrier=self.carrier_id.name,
                number=number,
                name=self.name,
                other=name,
            )
        )

    def _get_address_key(self):
        partner = self.partner_id.sudo()
        parts = (partner.name, partner.street, partner.street2, partner.zip)
        texts = [" ".join((part or "").split()).lower() for part in parts]
        if not any(texts[1:]):
            return partner.id
        return (*texts, (partner.city or "").lower(), partner.country_id.id)

    # people ---------------------------------------------------------------------

    def action_record_shipment(self):
        """Note by hand what happened to these parcels."""
        self._check_can_be_tracked()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.shipment_event_add_action"
        )
        return {**action, "context": {"default_picking_ids": self.ids}}

    def _check_can_be_tracked(self):
        """:raises UserError: these are no deliveries to customers"""
        codes = self._get_shipment_codes()
        for picking in self:
            if picking.picking_type_id.code not in codes or picking.state == "cancel":
                raise UserError(
                    self.env._(
                        "%(name)s is no delivery to a customer, or was cancelled: it "
                        "has no parcel to follow. Leave it out.",
                        name=picking.name,
                    )
                )

    def _record_by_hand(self, state, event_at, place=None, text=None):
        """Note what a person knows about these parcels.

        :raises AccessError: the user may not change these deliveries
        """
        self.check_access("write")
        self._check_can_be_tracked()
        # the history is the system's to write
        events = self.env["shipment.event"].sudo()
        now = fields.Datetime.now()
        vals_list = [
            {
                "picking_id": picking.id,
                "company_id": picking.company_id.id,
                "carrier_id": picking.carrier_id.id,
                "state": state,
                "event_at": event_at,
                "place": place or False,
                "text": text or False,
                "external_id": f"{self.env.uid}-{state}-{event_at}-{now}",
                "source": "user",
                "user_id": self.env.uid,
            }
            for picking in self
        ]
        events.create(vals_list).picking_id._apply_shipment_events()
