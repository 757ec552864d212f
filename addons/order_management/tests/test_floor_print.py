# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .floor_common import FloorCommon


def make_pdf(width, pages=1):
    """A PDF whose pages are known by their width."""
    writer = PdfFileWriter()
    for _page in range(pages):
        writer.addBlankPage(width=width, height=100)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def make_png():
    stream = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(stream, format="PNG")
    return stream.getvalue()


def get_widths(content):
    reader = PdfFileReader(io.BytesIO(content))
    return [round(page.mediaBox.getWidth()) for page in reader.pages]


@tagged("post_install", "-at_install")
class TestFloorPrint(FloorCommon, HttpCase):
    """OM-16: pick list, slips and labels in one go."""

    def _attach(self, picking, name, content, mimetype="application/pdf"):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": "stock.picking",
                "res_id": picking.id,
            }
        )

    def _print(self, pickings, **values):
        """The widths of the pages, and the HTML that was printed."""
        printed = []

        def run(report, bodies, *args, **kwargs):
            printed.append("".join(map(str, bodies)))
            return make_pdf(300 if "Pick List" in printed[-1] else 200, len(bodies))

        with patch.object(type(self.env["ir.actions.report"]), "_run_wkhtmltopdf", run):
            forced = pickings.with_context(force_report_rendering=True)
            content = forced._render_floor_documents(**values)
        return get_widths(content), printed

    def test_order(self):
        """The list, then each slip with its label behind it; who has none is named."""
        first = self._deliver((self.lamp, 1))
        second = self._deliver((self.desk, 1))
        third = self._deliver((self.desk, 1))
        self._attach(first, "LabelShipping-1.pdf", make_pdf(501, 2))
        self._attach(second, "Label.png", make_png(), "image/png")
        self._attach(second, "LabelReturn-1.pdf", make_pdf(999))
        self._attach(third, "LabelShipping-3.pdf", b"broken")
        self._attach(third, "invoice.pdf", make_pdf(998))
        widths, printed = self._print(first + second + third)
        self.assertEqual(widths[:3], [300, 200, 501])
        self.assertEqual(widths[3:5], [501, 200])
        self.assertEqual(len(widths), 7)
        self.assertEqual(widths[6], 200)
        self.assertNotIn(999, widths)
        self.assertNotIn(998, widths)
        page = next(html for html in printed if "Pick List" in html)
        missing = page.split("Without Shipping Label")[1]
        self.assertIn(third.name, missing)
        self.assertNotIn(first.name, missing)

    def test_last_label(self):
        """A label that was bought again replaces the one before."""
        delivery = self._deliver((self.lamp, 1))
        self._attach(delivery, "LabelShipping.pdf", make_pdf(501))
        self._attach(delivery, "LabelShipping.pdf", make_pdf(502))
        widths, _printed = self._print(delivery, parts=("labels",))
        self.assertEqual(widths, [502])

    def test_rows_by_location(self):
        """The list follows the places, and says which box."""
        shelf = self.env["stock.location"].create(
            {"name": "A-01", "location_id": self.stock.id}
        )
        self.env["stock.quant"]._update_available_quantity(self.product, shelf, 9)
        first = self._deliver((self.lamp, 2), (self.product, 3))
        second = self._deliver((self.lamp, 1))
        rows = self.env["report.order_management.report_pick_list"]._get_rows(
            first + second
        )
        self.assertEqual(
            [(row["location"], row["box"], row["quantity"]) for row in rows],
            [
                (self.stock.complete_name, 1, 2),
                (self.stock.complete_name, 2, 1),
                (shelf.complete_name, 1, 3),
            ],
        )

    def test_rights(self):
        """Others' deliveries do not exist; nothing to print is said."""
        delivery = self._deliver((self.lamp, 1))
        clerk = self._create_user("clerk", password="hub_clerk_pw")
        with self.assertRaises(AccessError):
            delivery.with_user(clerk).action_print_floor()
        with self.assertRaises(UserError):
            delivery.browse().action_print_floor()
        url = delivery.action_print_floor()["url"]
        self.authenticate(clerk.login, "hub_clerk_pw")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(
            self.url_open("/order_management/floor/documents?ids=<b>").status_code, 404
        )
