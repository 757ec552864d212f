# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import namedtuple
from decimal import Decimal

from odoo import api, models

from ..neutral.currencies import decimals
from ..tools.import_item import LineDraft, allocate

#: What a line of a channel is here: ``factor`` units of a product, or one ``uom``.
Match = namedtuple("Match", "product factor uom")
_MAX_SHOWN = 20


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: which products were bought."""

    _inherit = "channel.order.importer"

    @api.model
    def _match_listings(self, channel, lines):
        """Hook: products that the channel's listings tell.

        :param lines: list of neutral lines and bundle parts
        :return: ``{position in lines: (product, units per listing)}``
        """
        return {}

    @api.model
    def _match_products(self, channel, items):
        """Find the product of every line: listing, own mapping, SKU, barcode."""
        lines = [line for item in items for line in self._iterate_lines(item.order)]
        if not lines:
            return
        listings = self._match_listings(channel, lines)
        keys = {self._get_line_key(line) for line in lines}
        own = self._find_mapped(channel, keys)
        by_code = self._find_by_code(channel, {line.sku for line in lines})
        by_barcode = self._find_by_barcode(channel, {line.barcode for line in lines})
        matches = {}
        for position, line in enumerate(lines):
            if position in listings:
                product, factor = listings[position]
                matches[id(line)] = Match(product, Decimal(str(factor)), None)
            else:
                matches[id(line)] = (
                    own.get(self._get_line_key(line))
                    or by_code.get(line.sku)
                    or by_code.get(line.sku.upper())
                    or by_barcode.get(line.barcode)
                )
        for item in items:
            self._draft_lines(item, matches)

    @api.model
    def _iterate_lines(self, order):
        for line in order.lines:
            yield line
            yield from line.bundle

    @api.model
    def _get_line_key(self, line):
        """What a line is mapped by when nothing else tells its product."""
        listing = getattr(line, "listing_id", "")
        return line.sku or listing or line.barcode or line.name or line.external_id

    @api.model
    def _find_mapped(self, channel, keys):
        maps = self.env["channel.product.map"].search(
            [
                ("channel_id", "=", channel.id),
                ("key", "in", list(keys)),
                ("product_id", "!=", False),
            ]
        )
        return {
            entry.key: Match(entry.product_id, Decimal(str(entry.factor)), None)
            for entry in maps
        }

    @api.model
    def _find_by_code(self, channel, codes):
        """``{SKU: match}``; of several products the company's own one counts, and if
        there are still several, none: a person has to say which."""
        wanted = {text for code in codes if code for text in (code, code.upper())}
        if not wanted:
            return {}
        domain = [("default_code", "in", list(wanted)), *self._get_company_domain()]
        found = {}
        for product in self.env["product.product"].search(domain):
            found.setdefault(product.default_code, []).append(product)
        return self._pick_unique(found)

    @api.model
    def _find_by_barcode(self, channel, barcodes):
        wanted = [barcode for barcode in barcodes if barcode]
        if not wanted:
            return {}
        domain = [("barcode", "in", wanted), *self._get_company_domain()]
        found = {}
        for product in self.env["product.product"].search(domain):
            found.setdefault(product.barcode, []).append(product)
        result = self._pick_unique(found)
        for packaging in self.env["product.uom"].search([("barcode", "in", wanted)]):
            if packaging.product_id.company_id.id in (False, self.env.company.id):
                result.setdefault(
                    packaging.barcode,
                    Match(packaging.product_id, Decimal(1), packaging.uom_id),
                )
        return result

    @api.model
    def _get_company_domain(self):
        return [("company_id", "in", (False, self.env.company.id))]

    @api.model
    def _pick_unique(self, found):
        result = {}
        for key, products in found.items():
            own = [product for product in products if product.company_id]
            products = own or products
            if len(products) == 1:
                result[key] = Match(products[0], Decimal(1), None)
        return result

    @api.model
    def _draft_lines(self, item, matches):
        """Lines of the order to be; unknown products hold it."""
        missing = []
        for position, line in enumerate(item.order.lines):
            quantity = line.quantity if item.is_cancelled else line.open_quantity
            net = line.quantity * line.unit_price - line.discount
            if line.quantity:
                net *= quantity / line.quantity
            ref = line.external_id or f"#{position + 1}"
            match = matches[id(line)]
            if match:
                item.lines.append(self._draft_line(line, match, ref, quantity, net))
            elif line.bundle:
                missing += self._draft_bundle(item, line, matches, ref, quantity, net)
            else:
                missing.append(line)
        if missing:
            self._hold_unknown(item, missing)

    @api.model
    def _draft_line(self, line, match, ref, quantity, net):
        tax = line.tax
        if tax is not None and line.quantity:
            tax = tax * quantity / line.quantity
        return LineDraft(
            ref=ref,
            product=match.product,
            quantity=quantity * match.factor,
            net=net,
            list_price=line.unit_price / match.factor,
            uom=match.uom,
            tax=tax,
            tax_rate=line.tax_rate,
        )

    @api.model
    def _draft_bundle(self, item, line, matches, ref, quantity, net):
        """One line a component; the bundle's price is shared by list prices.

        :return: components without product
        """
        missing = [part for part in line.bundle if not matches[id(part)]]
        if missing:
            return missing
        found = [matches[id(part)] for part in line.bundle]
        units = [
            part.quantity * match.factor
            for part, match in zip(line.bundle, found, strict=True)
        ]
        weights = [
            Decimal(str(match.product.lst_price)) * unit
            for match, unit in zip(found, units, strict=True)
        ]
        shares = allocate(net, weights, decimals(item.order.currency))
        taxes = [None] * len(shares)
        if line.tax is not None and line.quantity:
            tax = line.tax * quantity / line.quantity
            taxes = allocate(tax, weights, decimals(item.order.currency))
        for index, match in enumerate(found):
            total = units[index] * quantity
            item.lines.append(
                LineDraft(
                    ref=f"{ref}/{index + 1}",
                    product=match.product,
                    quantity=total,
                    net=shares[index],
                    list_price=shares[index] / total if total else Decimal(0),
                    uom=match.uom,
                    tax=taxes[index],
                    tax_rate=line.tax_rate,
                )
            )
        return []

    @api.model
    def _hold_unknown(self, item, lines):
        item.missing = [(self._get_line_key(line), line) for line in lines]
        names = list(dict.fromkeys(key[:80] for key, _line in item.missing))
        shown = ", ".join(names[:_MAX_SHOWN])
        if len(names) > _MAX_SHOWN:
            shown += ", …"
        item.hold(
            "unknown_product",
            self.env._(
                "No single product for: %(skus)s. Map each to a product; all orders "
                "that wait for it go on then.",
                skus=shown,
            ),
        )

    @api.model
    def _note_missing(self, channel, items):
        """Keep which products each order waits for, as entries to be mapped."""
        maps = self.env["channel.product.map"]
        maps._set_waiting(
            channel,
            {
                item.row.id: item.missing if item.code == "unknown_product" else []
                for item in items
            },
        )
