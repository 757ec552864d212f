# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: columns of a file of our own making: recognised by their English titles
SAMPLE_TITLES = (
    "Order Number",
    "Order Date",
    "Currency",
    "SKU",
    "Product Name",
    "Quantity",
    "Unit Price",
    "Customer Name",
    "Email",
    "Phone",
    "Address",
    "City",
    "Country",
    "Shipping Fee",
    "Note",
)


class SaleChannel(models.Model):
    """A way of selling; here: a file that shows what the hub understands."""

    _inherit = "sale.channel"

    def action_download_upload_sample(self):
        """Download a list of two orders of the own products."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_management/upload_sample/{self.id}",
            "target": "download",
        }

    def _get_sample_rows(self):
        """Rows of cells below ``SAMPLE_TITLES``: an order of two lines, one of one.

        :raises UserError: no product has a SKU
        """
        self.ensure_one()
        products = self._get_test_products()
        self._check_test_products(products)
        currency = self._get_test_currency()
        today = fields.Date.context_today(self).isoformat()
        first, *rest = [
            self._prepare_test_line(number, product, 1, currency)
            for number, product in enumerate(products, start=1)
        ]
        company = self.company_id.partner_id
        place = ["1 Test Street", company.city or "", company.country_id.code or ""]
        buyers = [
            ["Nguyễn Thị Hoa", "hoa@example.com", "0912 345 678", *place],
            ["John Carter", "john@example.com", "", *place],
        ]
        orders = [("SAMPLE-1", [first, *rest], buyers[0])]
        orders.append(("SAMPLE-2", [first], buyers[1]))
        return [
            [number, today, currency.name]
            + [line["sku"], line["name"], line["quantity"], float(line["unit_price"])]
            + [*buyer, 0, ""]
            for number, lines, buyer in orders
            for line in lines
        ]
