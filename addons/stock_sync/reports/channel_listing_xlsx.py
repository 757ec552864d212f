# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ChannelListingXlsx(models.AbstractModel):
    """Listings as a spreadsheet that can be filled in and brought back."""

    _name = "report.stock_sync.channel_listing_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Listings (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: a row a listing; products by SKU."""
        listings = self.env["channel.listing"].browse(objs.ids)
        sheet = workbook.add_worksheet(self.env._("Listings"))
        bold = workbook.add_format({"bold": True, "bg_color": "#E7E9ED"})
        fixed = workbook.add_format({"font_color": "#808080"})
        for column, title in enumerate(self._get_titles()):
            sheet.write_string(0, column, title, bold)
        for number, listing in enumerate(listings, 1):
            suggestion = listing.suggested_product_id
            texts = (
                str(listing.id),
                listing.channel_id.name,
                listing.item_ref,
                listing.variant_ref,
                listing.sku,
                listing.name,
                listing.variant,
                suggestion.default_code or suggestion.barcode,
            )
            for column, text in enumerate(texts):
                sheet.write_string(number, column, text or "", fixed)
            product = listing.product_id
            sheet.write_string(number, 8, product.default_code or product.barcode or "")
            sheet.write_number(number, 9, listing.factor)
        sheet.set_column(0, 0, 10, None, {"hidden": True})
        sheet.set_column(1, 8, 22)
        sheet.freeze_panes(1, 0)

    def _get_titles(self):
        return [
            self.env._("Key (do not change)"),
            self.env._("Shop"),
            self.env._("Item"),
            self.env._("Variation"),
            self.env._("Shop's SKU"),
            self.env._("Name"),
            self.env._("Variation's Name"),
            self.env._("Suggestion"),
            self.env._("Your SKU or Barcode"),
            self.env._("Units in One Piece"),
        ]
