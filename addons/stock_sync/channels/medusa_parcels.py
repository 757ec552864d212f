# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Medusa's parcels, which it calls fulfilments, and cancellations."""

from .errors import AlreadyDone, Refused, Unsupported
from .medusa_orders import LATE_TRACKING, parcel_label
from .open_shop import units_by_line
from .types import Shipped
from .values import number

_PARCELS = "id,metadata,*fulfillments,*fulfillments.labels,*fulfillments.items"


class MedusaParcels:
    """The part of the adapter that hands parcels over; needs ``client`` and
    ``location``."""

    def ship(self, shipment):
        path = f"/admin/orders/{shipment.order_external_id}"
        items = [{"id": ids[0], "quantity": count} for ids, count in shipment.lines]
        parcel = self._find_parcel(shipment)
        if parcel and parcel.get("shipped_at"):
            raise AlreadyDone("the parcel is known", code=parcel["id"])
        if not parcel:
            self._create_parcel(path, shipment, items)
            parcel = self._find_parcel(shipment)
        label = {**_label(shipment), "label_url": "#"}
        self.client.post(
            f"{path}/fulfillments/{parcel['id']}/shipments",
            {"items": items, "labels": [label] if shipment.tracking else []},
            fields="id",
        )
        return Shipped(parcel["id"], shipment.tracking, shipment.carrier)

    def change_tracking(self, shipment, old_tracking):
        """A parcel that was shipped takes no label any more: the number goes into the
        order's metadata, where staff and storefronts can read it."""
        order = self._read_parcels(shipment.order_external_id)
        metadata = order.get("metadata") or {}
        wanted = units_by_line(shipment.lines)
        same = {
            str(parcel_label(parcel, metadata).get("tracking_number") or ""): parcel
            for parcel in _open_parcels(order)
            if parcel.get("shipped_at") and _content(parcel) == wanted
        }
        if shipment.tracking in same:
            raise AlreadyDone("the number is known", code=same[shipment.tracking]["id"])
        if old_tracking not in same:
            raise Refused("no parcel with the old number", code="parcel")
        late = dict(metadata.get(LATE_TRACKING) or {})
        late[same[old_tracking]["id"]] = {
            **_label(shipment),
            "carrier": shipment.carrier,
        }
        # what is sent replaces all of it
        body = {"metadata": {**metadata, LATE_TRACKING: late}}
        path = f"/admin/orders/{shipment.order_external_id}"
        self.client.post(path, body, fields="id")

    def _create_parcel(self, path, shipment, items):
        body = {
            "items": items,
            "location_id": self.location(),
            "metadata": {"suite_key": shipment.key, "carrier": shipment.carrier},
        }
        try:
            self.client.post(f"{path}/fulfillments", body, fields="id")
        except Refused as error:
            # somebody shipped it there: nothing is reserved for these lines any more
            if "No stock reservation" in error.detail:
                raise AlreadyDone(error.detail, error.code) from error
            raise

    def _read_parcels(self, order_id):
        return self.client.get(f"/admin/orders/{order_id}", fields=_PARCELS)["order"]

    def _find_parcel(self, shipment):
        """The parcel that an earlier try made, by the key it left there."""
        for parcel in _open_parcels(self._read_parcels(shipment.order_external_id)):
            if (parcel.get("metadata") or {}).get("suite_key") == shipment.key:
                return parcel
        return None

    def cancel(self, cancellation):
        if cancellation.lines:
            raise Unsupported("only whole orders can be cancelled", code="lines")
        path = f"/admin/orders/{cancellation.order_external_id}"
        if self.client.get(path, fields="id,status")["order"]["status"] == "canceled":
            raise AlreadyDone("cancelled before", code="canceled")
        self.client.post(f"{path}/cancel", {}, fields="id")


def _label(shipment):
    return {
        "tracking_number": shipment.tracking,
        "tracking_url": shipment.tracking_url or "#",
    }


def _open_parcels(order):
    return [p for p in order.get("fulfillments") or () if not p.get("canceled_at")]


def _content(parcel):
    return {
        part["line_item_id"]: int(number(part["quantity"]))
        for part in parcel.get("items") or ()
        if part.get("line_item_id")
    }
