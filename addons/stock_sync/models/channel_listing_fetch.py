# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..channels.types import ListingRef

#: what the shop tells of a listing, and the field that keeps it
_TOLD = (
    "sku",
    "barcode",
    "name",
    "variant",
    "price",
    "currency_name",
    "url",
    "is_online",
    "tracked",
    "fulfilled_by_channel",
    "inventory_ref",
)


class ChannelListing(models.Model):
    """A listing; here: read from the shop."""

    _inherit = "channel.listing"

    @api.model
    def _take_page(self, channel, remote_listings, seen_at):
        """Store one page of a shop's listings: new ones, and what changed.

        :param remote_listings: list of ``RemoteListing``
        :param seen_at: when the fetch began; what is older afterwards is gone
        :return: the listings that are new
        """
        remote = {
            (one.ref.item_id, one.ref.variant_id, one.ref.location_id): one
            for one in remote_listings
        }
        known = self._find_known(channel, remote)
        now = fields.Datetime.now()
        # a page may bring thousands: those without news are only stamped
        for ref, listing in known.items():
            vals = self._prepare_told(remote[ref])
            changed = {
                name: value
                for name, value in vals.items()
                if (listing[name] or False) != (value or False)
            }
            if listing.missing_since:
                changed |= {"missing_since": False, "active": True}
            if changed:
                listing.write(changed)
        self._stamp_seen(known.values(), seen_at)
        new = self.create(
            [
                {
                    **self._prepare_told(one),
                    **self._prepare_remote_quantity(one, now),
                    "channel_id": channel.id,
                    "item_ref": ref[0],
                    "variant_ref": ref[1],
                    "location_ref": ref[2],
                    "last_seen_at": seen_at,
                }
                for ref, one in remote.items()
                if ref not in known
            ]
        )
        self._take_first_quantities(known, remote, now)
        return new

    @api.model
    def _find_known(self, channel, refs):
        listings = self.with_context(active_test=False).search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("item_ref", "in", [ref[0] for ref in refs]),
            ],
            [*_TOLD, "item_ref", "variant_ref", "location_ref", "acked_at"],
        )
        found = {
            (one.item_ref, one.variant_ref or "", one.location_ref or ""): one
            for one in listings
        }
        return {ref: found[ref] for ref in refs if ref in found}

    @api.model
    def _prepare_told(self, remote):
        return {
            "sku": remote.sku or False,
            "barcode": remote.barcode or False,
            "name": remote.name or False,
            "variant": remote.variant or False,
            "price": float(remote.price or 0.0),
            "currency_name": remote.currency or False,
            "url": remote.url or False,
            "is_online": remote.active,
            "tracked": remote.tracked,
            "fulfilled_by_channel": remote.fulfilled_by_channel,
            "inventory_ref": remote.ref.inventory_id or False,
        }

    @api.model
    def _prepare_remote_quantity(self, remote, now):
        """What the shop shows is what we know it has, until we send something."""
        if remote.quantity is None:
            return {}
        quantity = max(0, remote.quantity)
        return {"acked_qty": quantity, "acked_at": now}

    @api.model
    def _take_first_quantities(self, known, remote, now):
        for ref, listing in known.items():
            if not listing.acked_at:
                listing.write(self._prepare_remote_quantity(remote[ref], now))

    @api.model
    def _stamp_seen(self, listings, seen_at):
        ids = [listing.id for listing in listings]
        if ids:
            self.flush_model(["last_seen_at"])
            self.env.cr.execute(
                SQL(
                    "UPDATE channel_listing SET last_seen_at = %s WHERE id = ANY(%s)",
                    seen_at,
                    ids,
                )
            )
            self.browse(ids).invalidate_recordset(["last_seen_at"], flush=False)

    @api.model
    def _close_fetch(self, channel, seen_at):
        """After the last page: what was not seen is gone; SKUs used twice."""
        gone = self.search(
            [
                ("channel_id", "=", channel.id),
                ("missing_since", "=", False),
                "|",
                ("last_seen_at", "=", False),
                ("last_seen_at", "<", seen_at),
            ]
        )
        gone.write({"missing_since": fields.Datetime.now(), "is_online": False})
        self._mark_duplicates(channel)
        return gone

    @api.model
    def _get_refs(self, listings):
        """``{ListingRef: listing}``."""
        refs = {}
        for listing in listings:
            ref = listing._get_ref()
            refs[ref] = listing
        return refs

    @api.model
    def _make_ref(self, item_ref, variant_ref, location_ref, inventory_ref):
        return ListingRef(
            item_ref, variant_ref or "", location_ref or "", inventory_ref or ""
        )
