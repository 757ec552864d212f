# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.scan_code import get_gtin_variants


@dataclass
class Scan:
    """What a code means: a product (and lot), a place, or a transfer."""

    code: str
    product: Any = None
    lot: Any = None
    #: written on the label, but there is no such lot
    lot_name: str = ""
    #: in the product's unit
    quantity: float = 1.0
    expires_on: date | None = None
    location: Any = None
    pickings: Any = None
    extra: dict = field(default_factory=dict)


class StockScanReader(models.AbstractModel):
    """Reads the codes of the warehouse; what is asked for is looked up first."""

    _name = "stock.scan.reader"
    _description = "Barcode Reader of the Warehouse"

    @api.model
    def _read_code(self, code, products, waiting=None):
        """What a code means.

        :param str code: a clean code
        :param products: those that are asked for: they come first where a code means
            several things
        :param waiting: the product whose lot is scanned next, if any
        :return: a `Scan`; without product, location and transfers nobody knows it
        """
        lot = self._find_lot(code, waiting) if waiting else None
        if lot:
            return Scan(code, product=lot.product_id, lot=lot)
        for read in (self._read_product, self._read_lot, self._read_location):
            scan = read(code, products)
            if scan:
                return scan
        scan = self._read_gs1(code, products)
        if scan:
            return scan
        pickings = self.env["stock.picking"]._find_scan_targets(code)
        return Scan(code, pickings=pickings)

    @api.model
    def _read_product(self, code, products):
        """A product by its barcode or internal reference, or by the barcode of a
        packaging, which is so many units."""
        variants = get_gtin_variants(code)
        references = list({code, code.upper(), code.lower()})
        domain = Domain("barcode", "in", variants) | Domain(
            "default_code", "in", references
        )
        # skip_preprocess_gs1: the code is a whole one; GS1 messages are read below
        model = self.env["product.product"].with_context(skip_preprocess_gs1=True)
        found = model.search(domain, limit=20)
        if found:
            wanted = found & products
            exact = found.filtered(lambda product: product.barcode in variants)
            return Scan(code, product=((wanted & exact) or wanted or exact or found)[0])
        packaging = self.env["product.uom"].search([("barcode", "in", variants)])[:1]
        if packaging:
            quantity = packaging.uom_id._compute_quantity(
                1, packaging.product_id.uom_id, round=False
            )
            return Scan(code, product=packaging.product_id, quantity=quantity)
        return None

    @api.model
    def _read_lot(self, code, products):
        lot = self._find_lot(code, products) or self._find_lot(code)
        return Scan(code, product=lot.product_id, lot=lot) if lot else None

    @api.model
    def _find_lot(self, name, products=None):
        domain = Domain("name", "=", name)
        if products is not None:
            domain &= Domain("product_id", "in", products.ids)
        model = self.env["stock.lot"].with_context(skip_preprocess_gs1=True)
        return model.search(domain, limit=1)

    @api.model
    def _read_location(self, code, products):
        location = (
            self.env["stock.location"]
            .with_context(skip_preprocess_gs1=True)
            .search(
                [("barcode", "=", code), ("usage", "in", ("internal", "transit"))],
                limit=1,
            )
        )
        return Scan(code, location=location) if location else None

    @api.model
    def _read_gs1(self, code, products):
        """A GS1 message: number, lot, quantity and expiration date in one code."""
        parts = self._split_gs1(code)
        number = next((p["value"] for p in parts if p["type"] == "product"), None)
        if not number:
            return None
        scan = self._read_product(number, products)
        if not scan:
            return None
        scan.code = code
        for part in parts:
            if part["type"] == "lot":
                lot = self._find_lot(part["value"], scan.product)
                scan.lot, scan.lot_name = lot or None, part["value"]
            elif part["type"] == "quantity":
                scan.quantity = self._get_gs1_quantity(part, scan)
            elif part["type"] == "expiration_date":
                scan.expires_on = fields.Date.to_date(part["value"])
        return scan

    @api.model
    def _split_gs1(self, code):
        """The parts of a GS1 message by Odoo's nomenclature; none where it is none."""
        nomenclature = self.env.company.nomenclature_id
        if not nomenclature.is_gs1_nomenclature:
            nomenclature = self.env.ref(
                "barcodes_gs1_nomenclature.default_gs1_nomenclature",
                raise_if_not_found=False,
            )
        if not nomenclature:
            return []
        try:
            # sudo: the nomenclature is nobody's secret, and not everybody's to read
            return nomenclature.sudo().gs1_decompose_extended(code) or []
        except (ValidationError, ValueError):
            return []

    @api.model
    def _get_gs1_quantity(self, part, scan):
        """A quantity on the label, where it is one of the product's kind of unit."""
        uom = part["rule"].associated_uom_id
        product_uom = scan.product.uom_id
        if uom and not uom._has_common_reference(product_uom):
            return scan.quantity
        if uom and uom != product_uom:
            return uom._compute_quantity(part["value"], product_uom, round=False)
        return scan.quantity * part["value"]
