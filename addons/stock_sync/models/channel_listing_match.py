# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..publish.similar import Catalogue

#: more than so many products are not compared letter by letter in one go
_MAX_CATALOGUE = 50_000


class ChannelListing(models.Model):
    """A listing; here: which product it is."""

    _inherit = "channel.listing"

    def _match(self):
        """Find the products of these listings: exactly, or as suggestions.

        Set-based, some queries for any number. A listing whose SKU and barcode lead
        to different products, or to several, is a conflict for a person.
        """
        for company, listings in self.grouped("company_id").items():
            found = listings._find_exact(company)
            rest = listings.browse()
            changes = defaultdict(self.browse)
            for listing in listings:
                hits = found.get(listing.id, set())
                if len(hits) == 1:
                    changes[("matched", *next(iter(hits)))] += listing
                elif hits:
                    changes[("conflict", False, 1.0)] += listing
                else:
                    rest += listing
            for (state, product_id, factor), some in changes.items():
                some._set_found(state, product_id, factor)
            rest._suggest(company)

    def _set_found(self, state, product_id, factor):
        vals = {"state": state, "suggested_product_id": False, "likeness": 0.0}
        if product_id:
            vals |= {"product_id": product_id, "factor": factor}
        self.write(vals)

    def _find_exact(self, company):
        """``{listing id: {(product id, units)}}`` by SKU, barcode, packaging.

        The company's own products count before shared ones, as for orders.
        """
        self.flush_model(["sku", "barcode"])
        self.env["product.product"].flush_model(
            ["active", "barcode", "default_code", "product_tmpl_id"]
        )
        self.env["product.template"].flush_model(["company_id"])
        self.env["product.uom"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH asked AS (
                    SELECT id, sku, upper(sku) AS upper, barcode FROM channel_listing
                    WHERE id = ANY(%(ids)s)
                ), hit AS (
                    SELECT asked.id, product.id AS product_id, NULL::int AS uom_id
                    FROM asked JOIN product_product product
                    ON product.default_code IN (asked.sku, asked.upper)
                    WHERE asked.sku != ''
                    UNION
                    SELECT asked.id, product.id, NULL::int
                    FROM asked JOIN product_product product
                    ON product.barcode = asked.barcode WHERE asked.barcode != ''
                    UNION
                    SELECT asked.id, pack.product_id, pack.uom_id
                    FROM asked JOIN product_uom pack
                    ON pack.barcode = asked.barcode WHERE asked.barcode != ''
                )
                SELECT hit.id, hit.product_id, hit.uom_id,
                       template.company_id IS NOT NULL AS own
                FROM hit
                JOIN product_product product ON product.id = hit.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE product.active
                  AND (template.company_id IS NULL OR template.company_id = %(company)s)
                """,
                ids=list(self.ids),
                company=company.id,
            )
        )
        shared, own = defaultdict(set), defaultdict(set)
        for listing_id, product_id, uom_id, is_own in rows:
            (own if is_own else shared)[listing_id].add(
                (product_id, self._get_pack_size(product_id, uom_id))
            )
        return {**shared, **own}

    @api.model
    def _get_pack_size(self, product_id, uom_id):
        if not uom_id:
            return 1.0
        product = self.env["product.product"].browse(product_id)
        uom = self.env["uom.uom"].browse(uom_id)
        return uom._compute_quantity(1.0, product.uom_id, round=False)

    def _suggest(self, company):
        """Close matches of what has no exact one; a person says yes or no."""
        if not self:
            return
        catalogue = self._get_catalogue(company)
        by_product = defaultdict(self.browse)
        nothing = self.browse()
        for listing in self:
            names = (listing.name, f"{listing.name or ''} {listing.variant or ''}")
            found = catalogue.closest((listing.sku, *names))
            if found:
                by_product[found] += listing
            else:
                nothing += listing
        for (product_id, likeness), listings in by_product.items():
            listings.write(
                {
                    "state": "suggested",
                    "suggested_product_id": product_id,
                    "suggested_factor": 1.0,
                    "likeness": 100.0 * likeness,
                }
            )
        nothing.filtered(lambda one: one.state != "unmatched").write(
            {"state": "unmatched", "suggested_product_id": False, "likeness": 0.0}
        )

    @api.model
    def _get_catalogue(self, company):
        """Names and SKUs of what the company sells, ready to be asked."""
        products = self.env["product.product"].search_fetch(
            [
                ("sale_ok", "=", True),
                ("company_id", "in", (False, company.id)),
            ],
            ["default_code", "name", "product_template_variant_value_ids"],
            limit=_MAX_CATALOGUE,
        )
        entries = []
        for product in products:
            values = product.product_template_variant_value_ids.mapped("name")
            full = " ".join((product.name or "", *values))
            entries.append((product.id, (product.default_code, product.name, full)))
        # several variants of one template share its name: nobody's then
        return Catalogue(entries)

    def action_view_duplicates(self):
        """Open the listings of the shop that have this one's SKU."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_listing_action"
        )
        domain = [("channel_id", "=", self.channel_id.id), ("sku", "=", self.sku)]
        return {**action, "domain": domain, "context": {}}
