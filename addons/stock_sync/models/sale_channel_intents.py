# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from decimal import Decimal

from odoo import fields, models

from ..channels import errors
from ..channels.types import Cancellation, Shipment


class SaleChannel(models.Model):
    """A way of selling; here: what is told to its shop about orders."""

    _inherit = "sale.channel"

    sync_ship = fields.Boolean(
        "Tell the Shop What Was Shipped",
        default=True,
        help="Done deliveries of the shop's orders are told to it with their tracking.",
    )
    sync_cancel = fields.Boolean(
        "Cancel at the Shop",
        help="An order that is cancelled here is cancelled at the shop as well.",
    )

    def _can_tell(self, what):
        """Whether this shop is told about shipments (``ship``) or ``cancel``."""
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        return bool(
            kind
            and self.sync_state != "draft"
            and self[f"sync_{what}"]
            and getattr(kind.capabilities, what)
        )

    def _send_ship(self, intent, look_first):
        """Tell the shop about a parcel.

        :raises ChannelError: when it was not taken, or nobody knows
        """
        shipment = self._prepare_shipment(intent)

        def call(adapter):
            if look_first and self._is_shipment_known(adapter, shipment):
                raise errors.AlreadyDone("found at the shop")
            return adapter.ship(shipment)

        shipped = self._with_fresh_token(call)
        return {
            "result_ref": shipped.external_id or shipped.tracking or False,
            "shop_tracking": shipped.tracking,
        }

    def _prepare_shipment(self, intent):
        payload = intent.payload
        shipped_at = payload.get("shipped_at")
        return Shipment(
            order_external_id=intent.order_external_id,
            lines=tuple((tuple(ids), units) for ids, units in payload["lines"]),
            key=intent.key,
            tracking=payload.get("tracking") or "",
            tracking_url=payload.get("tracking_url") or "",
            carrier=payload.get("carrier") or "",
            shipped_at=shipped_at and datetime.fromisoformat(shipped_at),
            is_last=payload.get("is_last", True),
        )

    def _send_track(self, intent, look_first):
        """Tell the shop the number of a parcel that it was told about before.

        :raises ChannelError: when it was not taken, or nobody knows
        """
        told = intent.picking_id.intent_ids.filtered(lambda one: one.kind == "ship")
        if any(one.state != "done" for one in told):
            raise errors.RateLimited("the parcel itself comes first", retry_after=60)
        shipment = self._prepare_shipment(intent)

        def call(adapter):
            if look_first and self._is_shipment_known(adapter, shipment):
                raise errors.AlreadyDone("found at the shop")
            return adapter.change_tracking(
                shipment, intent.payload.get("old_tracking") or ""
            )

        self._with_fresh_token(call)
        return {"result_ref": shipment.tracking}

    def _is_shipment_known(self, adapter, shipment):
        """Whether the shop has that parcel: by its tracking number."""
        if not shipment.tracking:
            # nothing to find it by: the key has to do
            return False
        read = adapter.read_orders([shipment.order_external_id])
        order = read.orders.get(shipment.order_external_id) or {}
        return any(
            parcel.get("tracking") == shipment.tracking
            for parcel in order.get("shipments") or []
        )

    def _send_cancel(self, intent, look_first):
        """Cancel an order at the shop.

        :raises ChannelError: when it was not taken, or nobody knows
        """
        cancellation = Cancellation(
            order_external_id=intent.order_external_id,
            key=intent.key,
            reason=intent.payload.get("reason") or "other",
        )

        def call(adapter):
            if look_first and self._is_cancelled_there(adapter, intent):
                raise errors.AlreadyDone("found cancelled at the shop")
            return adapter.cancel(cancellation)

        self._with_fresh_token(call)
        return {}

    def _is_cancelled_there(self, adapter, intent):
        read = adapter.read_orders([intent.order_external_id])
        order = read.orders.get(intent.order_external_id) or {}
        return order.get("status") == "cancelled"

    def _get_channel_units(self, row, line, quantity):
        """``(ids of the channel's line, whole units)`` of a shipped quantity, or None.

        One unit of the channel may be several of ours (a pack); where the channel has
        a line for each unit, those not told about yet are taken.
        """
        told = {
            str(one.get("external_id") or f"#{position}"): one
            for position, one in enumerate((row.payload or {}).get("lines") or [], 1)
        }
        ref = line.channel_line_ref or ""
        source = told.get(ref) or told.get(ref.rpartition("/")[0])
        if not source:
            return None
        ordered = Decimal(str(source.get("quantity") or 0))
        ordered -= Decimal(str(source.get("cancelled_quantity") or 0))
        wanted = line._get_channel_qty()
        if ordered <= 0 or not wanted:
            return None
        units = Decimal(str(quantity)) * ordered / Decimal(str(wanted))
        # a part of a pack is told with the rest of it
        return source, min(int(units + Decimal("0.000001")), int(ordered))
