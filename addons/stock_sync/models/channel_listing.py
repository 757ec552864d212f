# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..channels.types import ListingRef

#: what a change of makes the quantity shown another one
_PUBLISHED_BY = frozenset(
    (
        "product_id",
        "factor",
        "state",
        "active",
        "tracked",
        "fulfilled_by_channel",
        "missing_since",
    )
)
#: what people may change; the rest is the shop's, or comes from sending
_BY_PEOPLE = frozenset(("product_id", "factor", "active"))


class ChannelListing(models.Model):
    """Something that a shop sells, and the product that it is here.

    One listing is ``factor`` units of the product. What the shop calls it
    (``item_ref``, ``variant_ref``, ``location_ref``) never changes.
    """

    _name = "channel.listing"
    _description = "Listing of a Shop"
    _order = "channel_id, name, id"
    _rec_names_search = ("name", "sku", "barcode", "item_ref")
    _check_company_auto = True

    channel_id = fields.Many2one(
        "sale.channel", "Shop", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    active = fields.Boolean(default=True)
    item_ref = fields.Char("Item", required=True, readonly=True)
    variant_ref = fields.Char("Variation", readonly=True, default="", required=True)
    location_ref = fields.Char("Place", readonly=True, default="", required=True)
    inventory_ref = fields.Char("Stock Item", readonly=True)
    sku = fields.Char("Shop's SKU", readonly=True, index="btree_not_null")
    barcode = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    variant = fields.Char("Variation's Name", readonly=True)
    price = fields.Float("Shop's Price", digits="Product Price", readonly=True)
    currency_name = fields.Char("Currency", readonly=True)
    url = fields.Char("Page in the Shop", readonly=True)
    is_online = fields.Boolean("On Sale", default=True, readonly=True)
    tracked = fields.Boolean(
        "Stock Is Counted",
        default=True,
        readonly=True,
        help="The shop counts the stock of it. Without, nothing is ever sent.",
    )
    fulfilled_by_channel = fields.Boolean(
        "Shipped by the Channel",
        readonly=True,
        help="The goods lie in the channel's own warehouse: their stock is not ours "
        "and is never written.",
    )
    last_seen_at = fields.Datetime("Last Fetched", readonly=True)
    missing_since = fields.Datetime("Gone Since", readonly=True)

    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The product that is shipped when this is ordered.",
    )
    factor = fields.Float(
        "Units",
        digits="Product Unit",
        default=1.0,
        required=True,
        help="Units of the product in one piece of the listing: 6 for a pack of six.",
    )
    state = fields.Selection(
        [
            ("unmatched", "No product"),
            ("suggested", "Suggested"),
            ("conflict", "Several products"),
            ("matched", "Matched"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
        default="unmatched",
        copy=False,
        index=True,
        help="Suggested: a close match waits for your yes. Several products: SKU or "
        "barcode belong to more than one; choose. Ignored: nothing is ever sent.",
    )
    suggested_product_id = fields.Many2one(
        "product.product", "Suggestion", readonly=True, ondelete="set null"
    )
    suggested_factor = fields.Float(default=1.0, readonly=True)
    likeness = fields.Float("Likeness (%)", readonly=True, aggregator=False)
    is_duplicate = fields.Boolean(
        "Duplicate SKU",
        readonly=True,
        help="Another listing of the shop has the same SKU.",
    )

    _ref_uniq = models.UniqueIndex(
        "(channel_id, item_ref, variant_ref, location_ref)",
        "This listing of the shop is known already.",
    )
    _product_idx = models.Index("(product_id) WHERE active AND state = 'matched'")
    _factor_check = models.Constraint(
        "CHECK (factor > 0)", "One piece of the listing is more than zero units."
    )
    _matched_check = models.Constraint(
        "CHECK (state != 'matched' OR product_id IS NOT NULL)",
        "A matched listing needs its product.",
    )

    @api.depends("name", "variant", "sku", "item_ref")
    def _compute_display_name(self):
        for listing in self:
            name = listing.name or listing.sku or listing.item_ref or ""
            if listing.variant:
                name = f"{name} ({listing.variant})"
            listing.display_name = (
                f"[{listing.sku}] {name}"
                if listing.sku and listing.sku != name
                else name
            )

    @api.model_create_multi
    def create(self, vals_list):
        """New listings; with a product they are matched from the start."""
        for vals in vals_list:
            if vals.get("product_id") and "state" not in vals:
                vals["state"] = "matched"
        listings = super().create(vals_list)
        listings._mark_dirty("mapping")
        return listings

    def write(self, vals):
        """Change listings: choosing a product matches, removing it undoes that.

        :raises AccessError: for what only the shop or the sending may say
        """
        if not self.env.su and set(vals) - _BY_PEOPLE:
            raise AccessError(
                self.env._(
                    "Only product, units and archiving of a listing are changed by "
                    "hand. Use the buttons for the rest."
                )
            )
        if "product_id" in vals and "state" not in vals:
            state = "matched" if vals["product_id"] else "unmatched"
            vals = {**vals, "state": state, "suggested_product_id": False}
        matters = bool(_PUBLISHED_BY & set(vals))
        if matters:
            # the others of the old product may show more from now on
            self._mark_dirty("mapping")
        result = super().write(vals)
        if matters:
            self._mark_dirty("mapping")
            self._feed_product_map(vals)
        return result

    def unlink(self):
        """Forget listings; the next fetch finds those that are still there."""
        self._mark_dirty("mapping")
        return super().unlink()

    def _mark_dirty(self, reason):
        dirty = self.env["channel.stock.dirty"]
        dirty._collect_products(self.product_id.ids, reason)

    def _feed_product_map(self, vals):
        """Orders that wait for exactly this SKU go on once it is mapped."""
        if not vals.get("product_id"):
            return
        for channel, listings in self.grouped("channel_id").items():
            keys = {text for one in listings for text in (one.sku, one._get_key())}
            # mapping is this person's right here, and the entry is the same decision
            waiting = (
                self.env["channel.product.map"]
                .sudo()
                .search(
                    [
                        ("channel_id", "=", channel.id),
                        ("key", "in", list(filter(None, keys))),
                        ("product_id", "=", False),
                    ]
                )
            )
            for entry in waiting:
                listing = next(
                    one for one in listings if entry.key in (one.sku, one._get_key())
                )
                entry.write(
                    {"product_id": listing.product_id.id, "factor": listing.factor}
                )

    def action_accept_suggestion(self):
        """Say yes to the suggestions of these listings; the others are left alone."""
        self.check_access("write")
        accepted = self.filtered(
            lambda one: one.state == "suggested" and one.suggested_product_id
        )
        for (product, factor), listings in accepted.grouped(
            lambda one: (one.suggested_product_id, one.suggested_factor)
        ).items():
            listings.write({"product_id": product.id, "factor": factor})
        return True

    def action_ignore(self):
        """Never send anything for these listings; their orders still come."""
        self.check_access("write")
        # the state is not written by hand, but by this button
        self.sudo().write({"state": "ignored"})
        return True

    def action_reopen(self):
        """Take ignored listings up again."""
        self.check_access("write")
        for listing in self.sudo().filtered(lambda one: one.state == "ignored"):
            listing.write({"state": "matched" if listing.product_id else "unmatched"})
        return True

    def action_match(self):
        """Look for the products of these listings again, by SKU and barcode."""
        self.check_access("write")
        # what is found is kept by the system
        self.sudo().filtered(
            lambda one: one.state in ("unmatched", "suggested", "conflict")
        )._match()
        return True

    def action_open_page(self):
        """Open the listing in the shop.

        :raises UserError: when its address is not known
        """
        self.ensure_one()
        if not (self.url or "").startswith(("https://", "http://")):
            raise UserError(
                self.env._("The shop did not tell the address of this listing.")
            )
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _get_key(self):
        """What order lines call this listing, see ``ListingRef.key``."""
        return self._get_ref().key

    def _get_ref(self):
        self.ensure_one()
        return ListingRef(
            self.item_ref,
            self.variant_ref or "",
            self.location_ref or "",
            self.inventory_ref or "",
        )

    @api.model
    def _mark_duplicates(self, channel):
        """Keep which SKUs of a shop are on more than one item or variation."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH doubled AS (
                    SELECT id, sku IS NOT NULL AND sku != '' AND count(*) OVER (
                        PARTITION BY sku, location_ref) > 1 AS is_duplicate
                    FROM channel_listing WHERE channel_id = %s AND active
                )
                UPDATE channel_listing listing SET is_duplicate = doubled.is_duplicate
                FROM doubled WHERE doubled.id = listing.id
                AND listing.is_duplicate IS DISTINCT FROM doubled.is_duplicate
                """,
                channel.id,
            )
        )
        self.invalidate_model(["is_duplicate"], flush=False)
