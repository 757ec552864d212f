# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import zipfile
from collections import defaultdict

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: columns of the table: key, SKU or barcode here, units
_KEY, _NAME, _CODE, _FACTOR = 0, 5, 8, 9
_MAX_ROWS = 100_000
_MAX_SIZE = 20_000_000


class ChannelListingImport(models.TransientModel):
    """Products of listings from a spreadsheet: good rows are taken, others listed."""

    _name = "channel.listing.import"
    _description = "Import Matched Listings"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("file", "File"), ("done", "Done")], default="file", required=True
    )
    changed_count = fields.Integer("Listings Changed", readonly=True)
    same_count = fields.Integer("As They Were", readonly=True)
    line_ids = fields.One2many(
        "channel.listing.import.line", "import_id", "Rows Not Taken", readonly=True
    )

    def action_import(self):
        """Take every row that can be taken; tell what is wrong with each other.

        :raises UserError: the file is no table of listings
        """
        self.ensure_one()
        listings = self.env["channel.listing"]
        listings.check_access("write")
        rows = self._read_rows()
        known = self._find_listings(rows)
        changes, problems, same = defaultdict(listings.browse), [], 0
        products = self._find_products(rows, {one.company_id for one in known.values()})
        for number, values in rows:
            listing, change, message = self._read_row(values, known, products)
            if message:
                problems.append((number, values, message))
            elif change is None:
                same += 1
            else:
                changes[change] += listing
        for (product_id, factor), some in changes.items():
            some.write({"product_id": product_id, "factor": factor})
        self.write(
            {
                "state": "done",
                "changed_count": sum(len(some) for some in changes.values()),
                "same_count": same,
                "line_ids": [
                    Command.create(
                        {
                            "row_number": number,
                            "name": str(values[_NAME] or values[_KEY] or "")[:200],
                            "message": message,
                        }
                    )
                    for number, values, message in problems
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Matched Listings"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_rows(self):
        """``[(row number, values)]``."""
        content = base64.b64decode(self.file or b"")
        if len(content) > _MAX_SIZE:
            raise UserError(self.env._("The file is larger than 20 MB. Import parts."))
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
        except (
            InvalidFileException,
            KeyError,
            OSError,
            ValueError,
            zipfile.BadZipFile,
        ) as error:
            raise self._get_file_error() from error
        if not rows or len(rows[0]) <= _FACTOR or len(rows) > _MAX_ROWS:
            raise self._get_file_error()
        return [
            (number, tuple(row) + (None,) * (_FACTOR + 1 - len(row)))
            for number, row in enumerate(rows[1:], 2)
            if any(value not in (None, "") for value in row)
        ]

    def _get_file_error(self):
        return UserError(
            self.env._(
                "This is no table of listings. Select listings, print “Table to Match "
                "(XLSX)”, fill in your SKUs and import that file."
            )
        )

    @api.model
    def _find_listings(self, rows):
        ids = {_to_id(values[_KEY]) for _number, values in rows} - {None}
        # only what the user may see is found
        found = self.env["channel.listing"].search([("id", "in", list(ids))])
        return {listing.id: listing for listing in found}

    @api.model
    def _find_products(self, rows, companies):
        """``{SKU or barcode: products}``."""
        codes = {_to_text(values[_CODE]) for _number, values in rows} - {""}
        found = defaultdict(self.env["product.product"].browse)
        company_ids = [False, *(company.id for company in companies)]
        for field in ("default_code", "barcode"):
            for product in self.env["product.product"].search(
                [(field, "in", list(codes)), ("company_id", "in", company_ids)]
            ):
                found[product[field]] |= product
        return found

    @api.model
    def _read_row(self, values, known, products):
        """(listing, (product id, units) or None for no change, message)."""
        listing = known.get(_to_id(values[_KEY]))
        if not listing:
            text = self.env._(
                "No listing has this key. Keep the hidden first column as it was."
            )
            return None, None, text
        factor = _to_factor(values[_FACTOR])
        if factor is None:
            text = self.env._(
                "“%(value)s” are no units: type a number above zero.",
                value=values[_FACTOR],
            )
            return listing, None, text
        code = _to_text(values[_CODE])
        if not code:
            return listing, ((False, factor) if listing.product_id else None), ""
        found = products[code].filtered(
            lambda one: one.company_id in (one.company_id.browse(), listing.company_id)
        )
        if len(found) != 1:
            text = (
                self.env._("Several products have “%(code)s”.", code=code)
                if found
                else self.env._("No product has “%(code)s”.", code=code)
            )
            return listing, None, text
        if listing.product_id == found and listing.factor == factor:
            return listing, None, ""
        return listing, (found.id, factor), ""


def _to_text(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _to_id(value):
    text = _to_text(value)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _to_factor(value):
    if value in (None, ""):
        return 1.0
    try:
        factor = float(value)
    except (TypeError, ValueError):
        return None
    return factor if 0 < factor < 1e9 and not isinstance(value, bool) else None
