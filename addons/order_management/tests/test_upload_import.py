# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..models import channel_order_upload_import
from .upload_common import HEAD, UploadCommon


@tagged("post_install", "-at_install")
class TestUploadImport(UploadCommon):
    """OM-2: good rows reach the inbox once, bad ones come back with the reasons."""

    def test_import(self):
        rows = [
            self._prepare_row("U1"),
            self._prepare_row("U1", sku="DESK", quantity="1", price="250.00"),
            self._prepare_row("U2", quantity="none"),
            self._prepare_row("U3"),
        ]
        upload = self._import_upload(self._prepare_csv(*rows))
        self.assertEqual(upload.state, "done", upload.problem)
        self.assertEqual(
            (upload.order_count, upload.bad_row_count, upload.progress), (2, 1, 100)
        )
        inbox = upload.inbox_ids
        self.assertEqual(sorted(inbox.mapped("external_id")), ["U1", "U3"])
        inbox.with_user(self.clerk).action_process()
        self.assertEqual(set(inbox.mapped("state")), {"imported"})
        order = inbox.filtered(lambda row: row.external_id == "U1").sale_order_id
        self.assertEqual(order.amount_total, 330)
        self.assertEqual(str(order.date_order), "2026-07-19 01:12:00")

    def test_rejects_come_back(self):
        """The refused rows, corrected in their own file, are imported."""
        rows = [self._prepare_row("U1"), self._prepare_row("U2", quantity="none")]
        upload = self._import_upload(self._prepare_csv(*rows))
        self.assertEqual(upload.reject_name, "orders refused rows.csv")
        text = base64.b64decode(upload.reject_file).decode("utf-8-sig")
        head, row = text.splitlines()
        self.assertEqual(head, HEAD + ",Row,Problems")
        self.assertTrue(row.startswith("U2,"))
        self.assertIn(',3,"D3: “none” is no number', row)
        again = self._import_upload(text.replace("none", "2").encode())
        self.assertEqual((again.order_count, again.bad_row_count), (1, 0))
        self.assertFalse(again.reject_file)
        self.assertEqual(again.inbox_ids.external_id, "U2")

    def test_xlsx(self):
        rows = [self._prepare_row("X1"), self._prepare_row("X2", price="dear")]
        upload = self._import_upload(self._prepare_xlsx(*rows), name="orders.xlsx")
        self.assertEqual(upload.state, "done", upload.problem)
        self.assertEqual(upload.inbox_ids.external_id, "X1")
        self.assertEqual(upload.reject_name, "orders refused rows.xlsx")
        self.assertTrue(base64.b64decode(upload.reject_file).startswith(b"PK"))

    def test_twice_changes_nothing(self):
        first = self._import_upload()
        with trap_jobs() as trap:
            second = self._upload()
            second._start_import()
            second._job_import()
            jobs = [job for job in trap.enqueued_jobs if "process" in job.method_name]
        self.assertFalse(jobs)
        self.assertEqual(second.order_count, 1)
        self.assertEqual(first.inbox_ids.external_id, "U1")
        self.assertFalse(second.inbox_ids, "the first file stays the source")
        rows = self.inbox.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(rows), 1)

    def test_goes_on_after_a_break(self):
        """A run that died is taken up behind what it handed over; rejects complete."""
        rows = [
            self._prepare_row(f"B{i}", quantity="none" if i == 1 else "2")
            for i in range(10)
        ]
        upload = self._upload(self._prepare_csv(*rows))
        upload.action_import()
        received = []
        hand_over, save = type(upload)._hand_over, type(upload)._save_progress

        def note(self, payloads):
            received.extend(payload["external_id"] for payload in payloads)
            return hand_over(self, payloads)

        def break_off(self, *args):
            if len(received) >= 6:
                raise MemoryError
            return save(self, *args)

        with (
            patch.object(channel_order_upload_import, "CHUNK", 3),
            patch.object(type(upload), "_hand_over", note),
        ):
            with patch.object(type(upload), "_save_progress", break_off):
                self._run_until_break(upload)
            self.assertEqual(upload.state, "importing")
            self.assertEqual(upload.order_count, 6)
            upload._job_import()
        self.assertEqual(upload.state, "done", upload.problem)
        self.assertEqual(sorted(received), sorted(f"B{i}" for i in range(10) if i != 1))
        self.assertEqual((upload.order_count, upload.bad_row_count), (9, 1))
        text = base64.b64decode(upload.reject_file).decode("utf-8-sig")
        self.assertEqual(len(text.splitlines()), 2)

    def _run_until_break(self, upload):
        # assertRaises would roll back what a real run has committed
        try:
            upload._job_import()
        except MemoryError:
            return
        self.fail("the run did not break off")

    def test_gives_up_after_five_breaks(self):
        upload = self._upload()
        upload.action_import()
        for _attempt in range(5):
            with patch.object(type(upload), "_import_rows", side_effect=MemoryError):
                self._run_until_break(upload)
        upload._job_import()
        self.assertEqual(upload.state, "failed")
        self.assertIn("broke off 5 times", upload.problem)
        upload.action_import()
        upload._job_import()
        self.assertEqual(upload.state, "done")

    def test_later_run_goes_on_alone(self):
        upload = self._upload()
        upload.action_import()

        def take_over(upload, *_args):
            upload.run_token = "another"
            upload.flush_recordset()
            return {"external_id"}

        with patch.object(type(upload), "_remember_mapping", take_over):
            upload._job_import()
        self.assertEqual(upload.state, "importing")
        self.assertFalse(upload.inbox_ids)

    def test_stop(self):
        upload = self._upload()
        upload.action_import()
        upload.action_stop()
        upload._job_import()
        self.assertEqual(upload.state, "failed")
        self.assertFalse(upload.inbox_ids)
        self.assertIn("Stopped by", upload.problem)
        upload.action_import()
        upload._job_import()
        self.assertEqual(upload.state, "done")

    def test_cron_takes_up_lost_jobs(self):
        upload = self._upload()
        upload.action_import()
        upload.flush_recordset()
        cron = self.env.ref("order_management.ir_cron_upload_import")
        with (
            self.enter_registry_test_mode(),
            patch.object(type(upload), "_end_chunk", lambda self, commit: None),
        ):
            cron.method_direct_trigger()
            self.assertEqual(upload.state, "importing")
            self.env.cr.execute(
                "UPDATE channel_order_upload SET"
                " write_date = now() AT TIME ZONE 'UTC' - interval '20 minutes'"
                " WHERE id = %s",
                [upload.id],
            )
            upload.invalidate_recordset()
            cron.method_direct_trigger()
        self.assertEqual(upload.state, "done")

    def test_file_that_breaks_off(self):
        """What could be read is imported, the rest is named."""
        content = self._prepare_csv(*[self._prepare_row(f"E{i}") for i in range(900)])
        upload = self._upload(content + b"\nE901\xff\xff")
        upload.encoding = "utf-8"
        self.assertEqual(upload.state, "mapped", upload.problem)
        upload.action_import()
        with patch.object(channel_order_upload_import, "CHUNK", 100):
            upload._job_import()
        self.assertEqual(upload.state, "failed")
        self.assertIn("the file is no longer utf-8", upload.problem)
        upload.encoding = "cp1252"
        self.assertEqual(upload.state, "mapped", upload.problem)
        upload.action_import()
        upload._job_import()
        self.assertEqual((upload.order_count, upload.bad_row_count), (900, 1))

    def test_queries_do_not_grow(self):
        """As many queries for 2 orders as for 200."""
        counts = []
        for size in (2, 200):
            rows = [self._prepare_row(f"Q{size}-{i}") for i in range(size)]
            upload = self._upload(self._prepare_csv(*rows))
            upload.action_import()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            upload._job_import()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # one job more: a hundred rows each
        self.assertLess(counts[1] - counts[0], 15, counts)
