# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..neutral.spreadsheet import cells
from ..neutral.spreadsheet.headers import column_titles
from ..tools import spreadsheet_text
from .upload_common import HEAD, UploadCommon


@tagged("post_install", "-at_install")
class TestUpload(UploadCommon):
    """OM-2: a file is looked at, mapped, shown, and its good rows imported."""

    def test_form(self):
        """What a clerk does: choose a file, look, import."""
        form = Form(self.env["channel.order.upload"].with_user(self.clerk))
        form.name = "orders.csv"
        form.channel_id = self.channel
        form.file = base64.b64encode(self._prepare_csv())
        upload = form.save()
        self.assertEqual(upload.state, "mapped", upload.problem)
        self.assertEqual(upload.user_id, self.clerk)
        with trap_jobs() as trap:
            upload.action_import()
            trap.assert_jobs_count(1)
            self.assertEqual(trap.enqueued_jobs[0].kwargs, {"commit": True})
        self.assertEqual(upload.state, "importing")

    def test_layout_is_found(self):
        content = self._prepare_csv().replace(b",", b";").decode()
        upload = self._upload(content.encode("utf-16"))
        self.assertEqual(
            (upload.kind, upload.encoding, upload.delimiter, upload.header_row),
            ("csv", "utf-16", ";", 1),
        )
        self.assertEqual(upload.column_ids.mapped("letter"), list("ABCDEFGH"))
        self.assertEqual(
            upload.column_ids.mapped("field_name"),
            [
                "external_id",
                "placed_at",
                "line.sku",
                "line.quantity",
                "line.unit_price",
                "currency",
                "customer.name",
                "status",
            ],
        )
        self.assertEqual(self._get_column(upload, "C").sample, "LAMP")

    def test_layout_can_be_corrected(self):
        content = self._prepare_csv("x|y", head="a,b").replace(b"\n", b"\r\n")
        upload = self._upload(b"Report\r\n" + content)
        upload.write({"delimiter": "|", "header_row": 1})
        self.assertEqual(upload.column_ids.mapped("title"), ["Report", ""])
        upload.write({"delimiter": "tab", "header_row": 0})
        self.assertEqual(upload.column_ids.mapped("title"), [""])
        self.assertEqual(upload.state, "draft")
        upload.encoding = "klingon-8"
        self.assertIn("There is no encoding “klingon-8”", upload.problem)

    def test_what_is_no_spreadsheet(self):
        for content, words in (
            (b"", "no rows"),
            (b"%PDF-1.7 ...", "This is a PDF"),
            (b"PK\x03\x04 broken", "cannot be opened as XLSX"),
            (b"\xd0\xcf\x11\xe0\xa1", "Save it as .xlsx"),
        ):
            upload = self._upload(content)
            self.assertEqual(upload.state, "draft")
            self.assertIn(words, upload.problem)
            with self.assertRaisesRegex(UserError, words):
                upload.action_import()

    def test_missing_column_is_named(self):
        head = HEAD.replace("Quantity", "Zzz")
        upload = self._upload(self._prepare_csv(head=head))
        self.assertEqual(upload.state, "draft")
        self.assertIn("Line: quantity", upload.problem)
        column = self._get_column(upload, "D")
        upload.write(
            {"column_ids": [Command.update(column.id, {"field_name": "line.quantity"})]}
        )
        self.assertEqual((upload.state, upload.problem), ("mapped", False))

    def test_two_columns_of_one_meaning(self):
        upload = self._upload()
        self._get_column(upload, "G").field_name = "line.sku"
        self.assertEqual(upload.state, "draft")
        self.assertIn("Columns C and G both mean “Line: SKU”", upload.problem)

    def test_preview_shows_problems_by_cell(self):
        rows = [self._prepare_row(f"P{i}") for i in range(60)]
        rows[1] = self._prepare_row("P1", quantity="two")
        rows[2] = self._prepare_row("P2", sku="<script>alert(1)</script>")
        upload = self._upload(self._prepare_csv(*rows))
        self.assertEqual(upload.state, "mapped")
        self.assertEqual(len(upload.preview_rows), 50)
        self.assertEqual(upload.preview_rows[0]["problems"], [])
        [[column, text]] = upload.preview_rows[1]["problems"]
        self.assertEqual(column, "D")
        self.assertEqual(
            text,
            "D3: “two” is no number; expected a number such as 1234.56 or 1.234,56",
        )
        self.assertIn('<td class="table-danger">two</td>', upload.preview)
        self.assertNotIn("<script>", upload.preview)
        self.assertIn("&lt;script&gt;", upload.preview)

    def test_mapping_is_remembered(self):
        head = HEAD.replace("Quantity", "Zzz").replace("SKU", "Thing")
        content = self._prepare_csv(head=head)
        upload = self._upload(content)
        self._get_column(upload, "D").field_name = "line.quantity"
        self._get_column(upload, "C").field_name = "line.sku"
        upload.default_status = "unpaid"
        upload.action_import()
        self.assertFalse(self.channel.upload_mapping, "only what was imported counts")
        upload._job_import()
        self.assertEqual(self.channel.upload_mapping["columns"]["line.quantity"], "Zzz")
        # columns may have moved
        swapped = "\n".join(
            ",".join(reversed(line.split(",")))
            for line in content.decode().splitlines()
        )
        again = self._upload(swapped.encode())
        self.assertEqual(again.state, "mapped")
        self.assertEqual(self._get_column(again, "E").field_name, "line.quantity")
        self.assertEqual(again.default_status, "unpaid")
        self.channel.action_forget_upload_mapping()
        self.assertEqual(self._upload(content).state, "draft")

    def test_another_list_than_last_time(self):
        """What memory does not know is guessed from the titles."""
        self._import_upload()
        head = HEAD.replace("Order Number", "订单号").replace("Quantity", "数量")
        upload = self._upload(self._prepare_csv(head=head))
        self.assertEqual(upload.state, "mapped", upload.problem)
        self.assertFalse(upload._follows_memory())

    def test_defaults(self):
        """Company's currency and the channel's taxes where rows say nothing."""
        head = "Order Number,Order Date,SKU,Quantity,Unit Price"
        self.channel.prices_include_tax = False
        upload = self._import_upload(
            self._prepare_csv("D1,2026-07-19,LAMP,1,40", head=head)
        )
        payload = upload.sudo().inbox_ids.payload
        self.assertEqual(payload["currency"], "USD")
        self.assertIs(payload["prices_include_tax"], False)

    def test_changes_only_before_the_import(self):
        upload = self._import_upload()
        for vals in ({"delimiter": ";"}, {"timezone": "UTC"}, {"file": False}):
            with self.assertRaisesRegex(UserError, "Upload it again"):
                upload.write(vals)
        with self.assertRaisesRegex(UserError, "Upload it again"):
            upload.column_ids[0].field_name = False
        with self.assertRaises(UserError):
            upload.action_import()
        with self.assertRaises(UserError):
            upload.state = "draft"

    def test_rights(self):
        """One's own files only, but for who may see phones; no neighbour's."""
        upload = self._upload()
        column = upload.column_ids[0]
        other = new_test_user(
            self.env,
            "hub_clerk_two",
            "base.group_user,order_management.group_clerk",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        reviewer = self._create_user("reviewer")
        stranger = self._create_user("reviewer", self.other_company)
        warehouse = self._create_user("warehouse")
        for record in (upload, column):
            self.assertTrue(record.with_user(self.clerk).has_access("write"))
            self.assertTrue(record.with_user(reviewer).has_access("write"))
            for user in (other, stranger, warehouse):
                self.assertFalse(record.with_user(user).has_access("read"), user.login)
        with self.assertRaises(AccessError):
            upload.with_user(other).action_import()
        with self.assertRaises(AccessError):
            self._upload(user=stranger)
        with self.assertRaises(AccessError):
            upload.with_user(self.clerk).unlink()

    def test_contents_go_with_retention(self):
        upload = self._import_upload(
            self._prepare_csv(self._prepare_row(quantity="none"))
        )
        self.env["channel.order.upload"]._gc_personal_data()
        self.assertTrue(upload.file)
        with freeze_time("2031-01-01"):
            self.env["channel.order.upload"]._gc_personal_data()
        self.assertFalse(upload.file or upload.reject_file or upload.preview_rows)
        self.assertFalse(any(upload.column_ids.mapped("sample")))
        self.assertEqual(upload.bad_row_count, 1)

    def test_template_is_recognised(self):
        """What the template asks for is understood without help."""
        titles = self.channel._get_upload_titles()
        upload = self._upload(",".join(titles).encode() + b"\n" + b"x,")
        self.assertTrue(all(upload.column_ids.mapped("field_name")))
        self._import_upload()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.channel._get_upload_titles(), HEAD.split(","))

    def test_texts_are_those_of_the_reader(self):
        """Every text that is written out for translation says the same."""
        sources = {
            code: text._source for code, text in spreadsheet_text.CELL_SENTENCES.items()
        }
        self.assertEqual(sources, cells.CELL_SENTENCES)
        self.assertEqual(set(spreadsheet_text.FIELD_LABELS), set(column_titles()))
