# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import json

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestReceive(ImportCommon):
    """OM-1: stored before understood, once, whatever arrives."""

    def _receive_answers(self, *payloads, channel=None, user=None):
        return self.inbox.with_user(user or self.machine).receive(
            (channel or self.channel).id, list(payloads)
        )

    def _nest(self, levels):
        nested = []
        for _level in range(levels):
            nested = [nested]
        return nested

    def test_answers_in_order(self):
        """One dict a payload, in the order of the payloads."""
        payloads = [self._prepare_order(f"B{index}") for index in (3, 1, 2)]
        answers = self._receive_answers(*payloads)
        self.assertEqual([a["external_id"] for a in answers], ["B3", "B1", "B2"])
        for answer in answers:
            self.assertEqual(
                set(answer), {"external_id", "id", "state", "sale_order_id", "error"}
            )
            self.assertEqual(answer["state"], "received")
            self.assertIs(answer["sale_order_id"], False)
            self.assertIs(answer["error"], False)
        row = self.inbox.browse(answers[0]["id"])
        self.assertEqual(row.payload, payloads[0])
        self.assertEqual(row.number, "NO-B3")
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(str(row.placed_at), "2026-07-19 01:12:44")

    def test_again_changes_nothing(self):
        payloads = [self._prepare_order("A1"), self._prepare_order("A2")]
        with trap_jobs() as trap:
            first = self._receive_answers(*payloads)
            trap.assert_jobs_count(1)
            again = self._receive_answers(*reversed(payloads))
            trap.assert_jobs_count(1)
        self.assertEqual(first, again[::-1])

    def test_one_call_names_an_order_twice(self):
        """The newest version of one call counts, every payload gets the same row."""
        old = self._prepare_order("A1", updated_at="2026-07-19T09:00:00Z", note="old")
        new = self._prepare_order("A1", updated_at="2026-07-19T10:00:00Z", note="new")
        answers = self._receive_answers(new, old, new)
        self.assertEqual(len({answer["id"] for answer in answers}), 1)
        self.assertEqual(self.inbox.browse(answers[0]["id"]).payload["note"], "new")

    def test_newer_version_replaces(self):
        row = self._receive(
            self._prepare_order("A1", updated_at="2026-07-19T09:00:00Z")
        )
        newer = self._prepare_order("A1", updated_at="2026-07-19T10:00:00Z", note="x")
        with trap_jobs() as trap:
            self.assertEqual(self._receive(newer), row)
            trap.assert_jobs_count(1)
        self.assertEqual(row.payload["note"], "x")
        self.assertTrue(row.to_process)

    def test_older_version_is_ignored(self):
        newer = self._prepare_order("A1", updated_at="2026-07-19T10:00:00Z")
        row = self._receive(newer)
        fingerprint = row.payload_hash
        older = self._prepare_order("A1", updated_at="2026-07-19T09:00:00Z", note="x")
        with trap_jobs() as trap:
            self.assertEqual(self._receive(older), row)
            trap.assert_jobs_count(0)
        self.assertEqual(row.payload_hash, fingerprint)
        event = self.env["order.event"].search(row._get_event_domain(), limit=1)
        self.assertEqual(
            (event.kind, event.reason), ("payload", "Older version ignored")
        )

    def test_a_date_of_the_far_future_can_be_corrected(self):
        """The version that corrects a wrong date is not older than it for years."""
        for year in ("2090", "9999"):
            wrong = self._prepare_order(year, updated_at=f"{year}-01-01T00:00:00Z")
            row = self._receive({**wrong, "currency": "US Dollars"})
            row.with_user(self.clerk).action_process()
            self.assertEqual(row.state, "error")
            right = self._prepare_order(year, updated_at="2026-07-19T10:00:00Z")
            self.assertEqual(self._import(right), row)
            self.assertEqual(row.state, "imported")

    def test_ignored_row_stays_ignored(self):
        row = self._receive(self._prepare_order("A1"))
        row.with_user(self._create_user("reviewer")).action_ignore("a test")
        with trap_jobs() as trap:
            self._receive(self._prepare_order("A1", note="changed"))
            trap.assert_jobs_count(0)
        self.assertEqual(row.state, "ignored")
        self.assertEqual(row.payload["note"], "changed")

    def test_no_sale_order_and_one_job_a_hundred(self):
        before = self.env["sale.order"].search_count([])
        with trap_jobs() as trap:
            self._receive(*[self._prepare_order(f"N{i}") for i in range(201)])
            jobs = trap.enqueued_jobs
        self.assertEqual([len(job.recordset) for job in jobs], [100, 100, 1])
        self.assertEqual({job.channel for job in jobs}, {"root.order_management.inbox"})
        self.assertEqual(self.env["sale.order"].search_count([]), before)

    def test_without_identity(self):
        """An order nobody can name is an error, stored once by its content."""
        for bad in (None, "", "  ", True, 1.5, [], "null", "a\nb", "x" * 256):
            payload = self._prepare_order("A1", note=repr(bad))
            payload["external_id"] = bad
            row = self._receive(payload)
            self.assertRow(row, "error", "no_identifier", "$.external_id")
            self.assertFalse(row.external_id)
            self.assertEqual(self._receive(payload), row)

    def test_whatever_is_no_object(self):
        rows = self._receive(None, 5, "text", [1, 2], True, {})
        self.assertEqual(len(rows), 6)
        self.assertEqual(set(rows.mapped("state")), {"error"})
        self.assertEqual(set(rows[:5].mapped("error_code")), {"not_object"})

    def test_what_json_cannot_store(self):
        """X-5: exact bytes are kept, the batch goes on, nothing is lost."""
        bad = {
            "nul": self._prepare_order("A1", note="a\x00b"),
            "surrogate": self._prepare_order("A2", note="a\ud800b"),
            "nan": self._prepare_order("A3", total=float("nan")),
            "number": self._prepare_order("A4", total=10**4000),
            "depth": self._prepare_order("A5", raw=self._nest(500)),
            "too_large": self._prepare_order("A6", raw="x" * 5_000_000),
        }
        good = self._prepare_order("A7")
        rows = self._receive(*bad.values(), good)
        self.assertEqual(rows.mapped("error_code"), [*bad, False])
        self.assertEqual(rows[-1].state, "received")
        for row, payload in zip(rows, bad.values(), strict=False):
            self.assertEqual(row.state, "error")
            self.assertEqual(row.external_id, payload["external_id"])
            self.assertFalse(row.payload)
            self.assertTrue(row.payload_raw)
        kept = json.loads(base64.b64decode(rows[0].payload_raw))
        self.assertEqual(kept, bad["nul"])
        kept = json.loads(base64.b64decode(rows[1].payload_raw))
        self.assertEqual(kept, bad["surrogate"])
        # a corrected version of the same order heals the row
        self._receive(self._prepare_order("A1"))
        self.assertTrue(rows[0].to_process)
        rows[0].action_process()
        self.assertRow(rows[0], "imported")

    def test_unreadable_version_of_imported_order(self):
        """The good version stays; the message is kept in a row of its own."""
        row = self._import(self._prepare_order("A1"))
        answer = self._receive_answers(self._prepare_order("A1", note="\x00"))[0]
        broken = self.inbox.browse(answer["id"])
        self.assertNotEqual(broken, row)
        self.assertRow(broken, "error", "unreadable", "NO-A1")
        self.assertRow(row, "imported")

    def test_the_obstacle_is_named_by_path(self):
        """Who sends half a million orders has to know where to look."""
        data = b"""[{"external_id": "P1", "lines": [{"sku": "a\\u0000"}]},
            {"external_id": "P2", "customer": {"name": "A", "name": "B"}},
            {"external_id": "P3", "x": {"a.b<\\ud800>": 1}},
            {"external_id": "P4", "total": %s},
            {"external_id": "P5", "raw": %s}]""" % (
            b"9" * 400,
            b"[" * 70 + b"]" * 70,
        )
        answers = self.inbox.sudo()._receive_raw(self.channel, data)
        paths = [answer["error"].partition(": ")[0] for answer in answers]
        self.assertEqual(
            paths,
            [
                "$.lines[0].sku",
                "$.customer.name",
                '$.x["a.b<\\ud800>"]',
                "$.total",
                "$.raw[0][0][0][0][0][0][0]…",
            ],
        )

    def test_words_for_nothing_are_no_identifier(self):
        """Not even after somebody pressed “Try again”."""
        row = self._import(self._prepare_order("null"), self._prepare_order(3.0))
        self.assertEqual(row.mapped("state"), ["error"] * 2)
        row.with_user(self.clerk).action_retry()
        self.assertEqual(row.mapped("state"), ["error"] * 2)
        for text in row.mapped("error"):
            self.assertIn("$.external_id", text)

    def test_raw_bytes(self):
        """Equal keys are only seen in the text itself."""
        text = '{"external_id": "R1", "total": "1", "total": "2"}'
        good = json.dumps(self._prepare_order("R2"))
        deep = '{"external_id": "R3", "raw": ' + "[" * 5000 + "]" * 5000 + "}"
        body = f"\ufeff [{text}, {good} ,{deep}]\n".encode()
        answers = self.inbox._receive_raw(self.channel, body)
        rows = self.inbox.browse([answer["id"] for answer in answers])
        self.assertEqual(rows.mapped("error_code"), ["duplicate_key", False, "depth"])
        self.assertEqual(base64.b64decode(rows[0].payload_raw).decode(), text)
        self.assertEqual(base64.b64decode(rows[2].payload_raw).decode(), deep)
        self.assertEqual(rows[1].payload["external_id"], "R2")
        again = self.inbox._receive_raw(self.channel, body)
        self.assertEqual([a["id"] for a in again], rows.ids)
        one = self.inbox._receive_raw(self.channel, good.encode("utf-16"))
        self.assertEqual(one[0]["id"], rows[1].id)

    def test_raw_bytes_that_are_not_json(self):
        before = self.inbox.search_count([])
        for body in (
            b"",
            b"order=1",
            b"{",
            b"[1,",
            b"[1,]",
            b"[}]",
            b"\xff\xfe\xfd",
            b"[1 2]",
            b"[1]]",
            b"{} {}",
            b'["' + b"a" * 200_000,
            b'["' + b'\\"' * 200_000,
        ):
            with self.assertRaises(ValueError):
                self.inbox._receive_raw(self.channel, body)
        self.assertEqual(self.inbox.search_count([]), before)
        self.assertEqual(self.inbox._receive_raw(self.channel, b"[ ]"), [])

    def test_who_may(self):
        """X-5: only machine users and managers, only their company's live channels."""
        payload = self._prepare_order("A1")
        portal = new_test_user(self.env, "hub_portal", groups="base.group_portal")
        for user in (portal, self.clerk, self._create_user("warehouse")):
            with self.assertRaises(AccessError):
                self._receive_answers(payload, user=user)
        archived = self._create_channel("Closed", self.company, active=False)
        with self.assertRaises(MissingError):
            self._receive_answers(payload, channel=self.other_channel)
        with self.assertRaises(MissingError):
            self._receive_answers(payload, channel=archived)
        model = self.inbox.with_user(self.machine)
        for channel_id in (0, -1, 10**15, "1", None, True, [self.channel.id], 1.0):
            with self.assertRaises(MissingError):
                model.receive(channel_id, [payload])
        self.assertFalse(self.inbox.search_count([("external_id", "=", "A1")]))
        manager = self._create_user("manager")
        self.assertTrue(self._receive_answers(payload, user=manager))

    def test_limits(self):
        payloads = [self._prepare_order("A1")] * 1001
        with self.assertRaisesRegex(UserError, "1000"):
            self._receive_answers(*payloads)
        for payloads in ("text", {"a": 1}, None, 5):
            with self.assertRaises(UserError):
                self.inbox.with_user(self.machine).receive(self.channel.id, payloads)
        self.assertFalse(self.inbox.search_count([("external_id", "=", "A1")]))
        self.assertEqual(
            self.inbox.with_user(self.machine).receive(self.channel.id, []), []
        )

    def test_queries_do_not_grow(self):
        """The same number of queries for one payload and for a hundred."""
        counts = []
        for number in (2, 1, 100):
            payloads = [self._prepare_order(f"Q{number}-{i}") for i in range(number)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with trap_jobs():
                self._receive_answers(*payloads)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
