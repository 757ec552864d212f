# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OrderManagementCommon

STATES = ("received", "held", "error", "imported", "updated", "ignored")
#: the contract, written out a second time on purpose
ALLOWED = {
    ("received", "imported"),
    ("received", "held"),
    ("received", "error"),
    ("received", "ignored"),
    ("held", "imported"),
    ("held", "ignored"),
    ("error", "imported"),
    ("error", "ignored"),
    ("imported", "updated"),
    ("updated", "updated"),
}


@tagged("post_install", "-at_install")
class TestChannelOrder(OrderManagementCommon):
    """OM-1: one inbox, every message stored once and never changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order()
        cls.event_model = cls.env["order.event"]

    def _create_row_in(self, state, external_id):
        return self._create_row(
            external_id, state=state, error="why", sale_order_id=self.order.id
        )

    def _get_events(self, rows, kind="state"):
        return self.event_model.search([*rows._get_event_domain(), ("kind", "=", kind)])

    def test_rows_make_no_noise(self):
        """A million rows write no messages, followers or tracking values."""
        rows = (
            self.env["channel.order"]
            .with_context(tracking_disable=False, mail_create_nolog=False)
            .create(
                [
                    {"channel_id": self.channel.id, "payload": {"total": total}}
                    for total in ("1", "2")
                ]
            )
        )
        self.assertFalse(rows.env.context["tracking_disable"])
        rows._transition("held", "why")
        self.env.flush_all()
        for model in ("mail.message", "mail.followers"):
            domain = [("res_id", "in", rows.ids)]
            name = "model" if model == "mail.message" else "res_model"
            self.assertFalse(
                self.env[model].search([*domain, (name, "=", "channel.order")])
            )

    def test_external_id_once_per_channel(self):
        """OM-1: the same external id is never stored twice in one channel."""
        self._create_row("A1")
        second_channel = self._create_channel("Second shop", self.company)
        self.assertTrue(self._create_row("A1", channel=second_channel))
        with self.assertRefusedByDatabase("channel_order_channel_external_uniq"):
            self._create_row("A1", payload={"other": "content"})

    def test_payload_once_without_external_id(self):
        """OM-1: without an identifier, the content tells repetitions apart."""
        self._create_row(False, payload={"total": "1"})
        self.assertTrue(self._create_row(False, payload={"total": "2"}))
        self.assertTrue(self._create_row("A1", payload={"total": "1"}))
        with self.assertRefusedByDatabase("channel_order_channel_payload_uniq"):
            self._create_row(False, payload={"total": "1"})

    def test_hash_is_canonical(self):
        """OM-1: order of keys and the key raw do not make another message."""
        compute = self.env["channel.order"]._canonical_hash
        expected = hashlib.sha256('{"a":"ế","b":[1,2]}'.encode()).hexdigest()
        self.assertEqual(compute({"b": [1, 2], "a": "ế", "raw": "x"}), expected)
        self.assertEqual(compute({"a": "ế", "b": [1, 2]}), expected)
        self.assertNotEqual(compute({"a": "ế", "b": [2, 1]}), expected)
        self.assertNotEqual(
            compute({"a": {"raw": 1}}), compute({"a": {}}), "only the top-level raw"
        )

    def test_hash_refuses_what_is_not_json(self):
        """OM-1: NaN, half a surrogate pair, foreign types, endless nesting."""
        nested = []
        for _level in range(100_000):
            nested = [nested]
        for payload in ({"a": float("nan")}, {"a": "\ud800"}, {"a": object()}, nested):
            with self.assertRaisesRegex(ValidationError, "cannot be stored"):
                self.env["channel.order"]._canonical_hash(payload)

    def test_hash_has_64_digits(self):
        with self.assertRefusedByDatabase("channel_order_payload_hash_check"):
            self._create_row("A1", payload_hash="abc")

    def test_company_is_the_channels(self):
        row = self._create_row("A1", channel=self.other_channel)
        self.assertEqual(row.company_id, self.other_company)
        with self.assertRaises(UserError):
            self._create_row("A2", sale_order_id=self._create_order().id).write(
                {"sale_order_id": self._create_order(self.other_company).id}
            )

    def test_every_transition(self):
        """OM-1: exactly the contract's transitions, tried pair by pair."""
        for before in STATES:
            for after in STATES:
                with self.subTest(before=before, after=after):
                    row = self._create_row_in(before, f"{before}-{after}")
                    if (before, after) in ALLOWED:
                        self.assertEqual(row._transition(after, "because"), row)
                        self.assertEqual(row.state, after)
                        event = self._get_events(row)
                        self.assertEqual(event.from_state, before)
                        self.assertEqual(event.to_state, after)
                        self.assertEqual(event.reason, "because")
                        self.assertEqual(event.order_id, self.order)
                        self.assertEqual(event.channel_id, self.channel)
                        self.assertEqual(event.company_id, self.company)
                    elif before == after:
                        self.assertFalse(row._transition(after, "because"))
                        self.assertFalse(self._get_events(row))
                    else:
                        with self.assertRaisesRegex(UserError, row.display_name):
                            row._transition(after, "because")
                        self.assertEqual(row.state, before)

    def test_transition_is_all_or_nothing(self):
        good = self._create_row_in("held", "A1")
        final = self._create_row_in("ignored", "A2")
        with self.assertRaisesRegex(UserError, "“A2” is “Ignored”, which is final"):
            (good | final)._transition("imported")
        self.assertEqual(good.state, "held")

    def test_transition_in_one_write(self):
        """The cost in queries does not grow with the rows."""
        rows = self.env["channel.order"]
        for number in range(30):
            rows |= self._create_row(f"Q{number}")
        self.env.flush_all()
        counts = []
        # the first batch only fills the caches of the process
        for batch in (rows[:1], rows[1:2], rows[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._transition("held", "why")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_held_and_error_say_why(self):
        """OM-1: the error a person can act on is never missing."""
        with self.assertRefusedByDatabase("channel_order_error_check"):
            self._create_row("A1")._transition("held", "")
        row = self._create_row("A2")
        row._transition("error", "total: missing")
        self.assertEqual(row.error, "total: missing")
        self.assertTrue(row.processed_at)
        row.sale_order_id = self.order
        row._transition("imported")
        self.assertFalse(row.error, "an imported order has no problem any more")

    def test_imported_needs_a_sale_order(self):
        with self.assertRefusedByDatabase("channel_order_sale_order_check"):
            self._create_row("A1")._transition("imported")

    def test_state_is_not_written(self):
        row = self._create_row("A1")
        with self.assertRaisesRegex(UserError, "state cannot be written"):
            row.state = "ignored"

    def test_message_is_not_changed(self):
        """OM-1: what arrived stays as it came, for everybody."""
        row = self._create_row("A1")
        for values in (
            {"payload": {}},
            {"payload_hash": "0" * 64},
            {"external_id": "B"},
            {"received_at": datetime(2020, 1, 1)},
        ):
            with self.assertRaisesRegex(UserError, "kept as it came"):
                row.write(values)
        with self.assertRaisesRegex(UserError, "kept as it came"):
            row.with_context(order_management_payload=True).write({"payload": {}})

    def test_rows_are_never_deleted(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self._create_row("A1").unlink()

    def test_sale_order_of_a_row_stays(self):
        self._create_row_in("imported", "A1")
        with self.assertRefusedByDatabase():
            self.order.unlink()

    def test_newer_version(self):
        """OM-7: the newer version counts, by the channel's clock or by arrival."""
        row = self._create_row("A1", external_updated_at=datetime(2026, 7, 19, 10))
        newer = self._prepare_payload("A1", total="1")
        self.assertTrue(row._store_newer_payload(newer, datetime(2026, 7, 19, 11)))
        self.assertEqual(row.payload["total"], "1")
        self.assertEqual(row.payload_hash, row._canonical_hash(newer))
        self.assertEqual(row.external_updated_at, datetime(2026, 7, 19, 11))
        self.assertEqual(len(self._get_events(row, "payload")), 1)

        # the same content again: nothing at all
        self.assertFalse(row._store_newer_payload(newer, datetime(2026, 7, 19, 12)))
        self.assertEqual(len(self._get_events(row, "payload")), 1)

        # an older one that was late: the row stays, the history tells
        older = self._prepare_payload("A1", total="2")
        self.assertFalse(row._store_newer_payload(older, datetime(2026, 7, 19, 9)))
        self.assertEqual(row.payload["total"], "1")
        self.assertEqual(len(self._get_events(row, "payload")), 2)

        # without a clock the later arrival is the newer
        self.assertTrue(row._store_newer_payload(older))
        self.assertEqual(row.payload["total"], "2")

    def test_erase(self):
        """X-7: nothing that tells who bought is left, all that was bought is."""
        row = self._create_row("A1", payload_raw=b"bnVs")
        row._transition("held", "Unknown buyer Nguyễn Thị Hoa")
        fingerprint = row.payload_hash
        row._erase_personal_data()
        self.env.invalidate_all()
        self.assertEqual(
            row.payload,
            {
                "external_id": "A1",
                "number": "NO-A1",
                "placed_at": "2026-07-19T08:12:44+07:00",
                "currency": "VND",
                "total": "1805000",
                "lines": [{"sku": "LAMP", "quantity": "2", "unit_price": "890000"}],
                "shipping": {"fee": "25000", "method": "Nhanh"},
                "payment": {"amount": "1805000"},
            },
        )
        self.assertFalse(row.payload_raw)
        self.assertEqual(row.payload_hash, fingerprint)
        self.assertEqual(row.state, "held")
        self.assertTrue(row.erased_at)
        self.assertEqual(row.error, "Personal data erased")
        self.assertFalse(self._get_events(row).reason)
        self.assertEqual(self._get_events(row).to_state, "held")
        self.assertEqual(len(self._get_events(row, "erase")), 1)
        row._erase_personal_data()
        self.assertEqual(len(self._get_events(row, "erase")), 1, "once is enough")

    def test_erase_of_a_hostile_payload(self):
        """X-7: odd shapes lose their words too."""
        payload = {"customer": "Hoa", "lines": ["Hoa", {"sku": {"x": "Hoa"}}]}
        row = self._create_row("A1", payload={**payload, "total": ["Hoa"]})
        row._erase_personal_data()
        self.assertEqual(row.payload, {"lines": [{}, {}]})
        row = self._create_row("A2", payload=["Hoa"])
        row._erase_personal_data()
        self.assertFalse(row.payload)

    def test_ignore_by_wizard(self):
        """OM-1: a person decides that orders are not imported, and says why."""
        reviewer = self._create_user("reviewer")
        rows = self._create_row("A1") | self._create_row("A2")
        rows[1]._transition("error", "bad date")
        wizard = (
            self.env["channel.order.ignore"]
            .with_user(reviewer)
            .with_context(active_model="channel.order", active_ids=rows.ids)
            .create({"reason": "Test orders"})
        )
        self.assertEqual(wizard.row_count, 2)
        wizard.action_ignore()
        self.assertEqual(set(rows.mapped("state")), {"ignored"})
        events = self._get_events(rows).filtered(lambda e: e.to_state == "ignored")
        self.assertEqual(events.mapped("reason"), ["Test orders"] * 2)
        self.assertEqual(events.user_id, reviewer)
        self.assertEqual(rows[1].error, "bad date", "the problem stays readable")

    def test_ignore_refused(self):
        row = self._create_row("A1")
        reviewer = self._create_user("reviewer")
        with self.assertRaisesRegex(UserError, "Say why"):
            row.with_user(reviewer).action_ignore("  ")
        with self.assertRaisesRegex(AccessError, "Only reviewers"):
            row.with_user(self._create_user("clerk")).action_ignore("no")
        neighbour = self._create_user("reviewer", self.other_company)
        with self.assertRaises(AccessError):
            row.with_user(neighbour).action_ignore("not mine")
        row.sale_order_id = self.order
        row._transition("imported")
        with self.assertRaisesRegex(UserError, "it can become: Updated"):
            row.with_user(reviewer).action_ignore("too late")

    def test_states_in_order(self):
        """Columns by state follow the way a record takes, not the alphabet."""
        rows = self._create_row("S1") | self._create_row("S2") | self._create_row("S3")
        rows[0]._transition("error", "why")
        rows[1]._transition("held", "why")
        groups = (
            rows.with_context(read_group_expand=True)
            .browse()
            .web_read_group([("id", "in", rows.ids)], ["state"], ["__count"])["groups"]
        )
        self.assertEqual(
            [(group["state"], group["__count"]) for group in groups],
            [("received", 1), ("held", 1), ("error", 1)],
        )
