# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..neutral import problems
from ..tools import problem_text
from .import_common import ImportCommon


@tagged("post_install", "-at_install", "meets_others")
class TestProcess(ImportCommon):
    """OM-1: what arrived becomes orders; what cannot says what to do."""

    def test_order_as_it_was_sent(self):
        order = self._import_order(
            lines=[
                self._prepare_line("LAMP", 2, "39.90", "1"),
                self._prepare_line("DESK", 1, "250", "2"),
            ],
            note="Ring <b>twice</b>",
        )
        self.assertEqual(order.sale_channel_id, self.channel)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.channel_number, "NO-A1")
        self.assertEqual(order.client_order_ref, "NO-A1")
        self.assertEqual(str(order.date_order), "2026-07-19 01:12:44")
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.buyer_note, "Ring <b>twice</b>")
        self.assertTrue(order.channel_paid)
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.lamp.id,
                    "product_uom_qty": 2,
                    "price_unit": 39.9,
                    "channel_line_ref": "1",
                },
                {
                    "product_id": self.desk.id,
                    "product_uom_qty": 1,
                    "price_unit": 250,
                    "channel_line_ref": "2",
                },
            ],
        )
        self.assertEqual(order.amount_total, 329.8)
        self.assertFalse(order.message_ids)

    def test_channel_settings_reach_the_order(self):
        user = self._create_user("reviewer")
        tag = self.env["crm.tag"].create({"name": "Marketplace"})
        term = self.env["account.payment.term"].create({"name": "Weekly"})
        self.channel.write(
            {
                "user_id": user.id,
                "tag_ids": tag.ids,
                "payment_term_id": term.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        order = self._import_order(tags=["Gift", "Marketplace"])
        self.assertEqual(order.user_id, user)
        self.assertEqual(set(order.tag_ids.mapped("name")), {"Gift", "Marketplace"})
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.warehouse_id, self.warehouse)

    def test_again_makes_no_second_order(self):
        row = self._import(self._prepare_order())
        order = row.sale_order_id
        row.action_process()
        self._import(self._prepare_order())
        row.with_context(order_management_source="channel")._job_process()
        domain = [("sale_channel_id", "=", self.channel.id)]
        self.assertEqual(self.env["sale.order"].search(domain), order)
        self.assertEqual(row.attempt_count, 1)

    def test_one_bad_order_stops_only_itself(self):
        """1,000 orders with three broken ones: 997 go on (here 20 with three)."""
        payloads = [self._prepare_order(f"P{i}") for i in range(20)]
        payloads[3]["lines"][0] |= {"quantity": -1}
        payloads[7]["lines"] = [self._prepare_line("NOBODY-KNOWS")]
        payloads[11]["currency"] = "XAU"
        rows = self._import(*payloads)
        self.assertRow(rows[3], "error", "invalid", "$.lines[0].quantity")
        self.assertRow(rows[7], "held", "unknown_product", "NOBODY-KNOWS")
        self.assertRow(rows[11], "error", "unknown_currency", "XAU")
        good = rows - rows[3] - rows[7] - rows[11]
        self.assertEqual(set(good.mapped("state")), {"imported"})
        self.assertEqual(len(good.sale_order_id), 17)

    def test_problems_are_told_in_the_readers_words(self):
        """The texts to translate are word by word those of the plain package."""
        for ours, theirs in (
            (problem_text.SENTENCES, problems.SENTENCES),
            (problem_text.EXPECTED, problems.EXPECTED),
        ):
            self.assertEqual(
                {key: self.env._(text) for key, text in ours.items()}, theirs
            )

    def test_unforeseen_error_in_one_order(self):
        """Batch first, then one by one in savepoints."""
        model = type(self.env["channel.order.importer"])
        original = model._prepare_order_vals

        def explode(importer, channel, item):
            if item.row.external_id == "P2":
                raise ZeroDivisionError("secret")
            return original(importer, channel, item)

        rows = self._receive(*[self._prepare_order(f"P{i}") for i in range(4)])
        with (
            patch.object(model, "_prepare_order_vals", explode),
            mute_logger("odoo.addons.order_management.models.channel_order_process"),
        ):
            rows.with_user(self.clerk).action_process()
        self.assertRow(rows[2], "error", "unexpected", "ZeroDivisionError")
        self.assertNotIn("secret", rows[2].error)
        self.assertEqual(set((rows - rows[2]).mapped("state")), {"imported"})
        rows[2].with_user(self.clerk).action_retry()
        self.assertRow(rows[2], "imported")
        self.assertEqual(rows[2].attempt_count, 2)

    def test_concurrency_errors_escape(self):
        """A serialization error is for the retry of the whole transaction."""
        row = self._receive(self._prepare_order())
        model = type(self.env["channel.order.importer"])
        failure = psycopg2.errors.SerializationFailure("could not serialize")
        with (
            patch.object(model, "_create_orders", side_effect=failure),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            row._job_process()
        self.assertRow(row, "received")

    def test_events_tell_the_history(self):
        row = self._import(self._prepare_order(lines=[self._prepare_line("NEW")]))
        self._create_product("NEW", 5)
        row.with_user(self.clerk).action_retry()
        events = self.env["order.event"].search(
            [*row._get_event_domain(), ("kind", "=", "state")], order="id"
        )
        self.assertRecordValues(
            events,
            [
                {"from_state": "received", "to_state": "held", "source": "user"},
                {"from_state": "held", "to_state": "imported", "source": "user"},
            ],
        )
        self.assertEqual(events[1].order_id, row.sale_order_id)
        self.assertEqual(events[0].user_id, self.clerk)

    def test_held_row_keeps_its_state(self):
        """The contract: held and error become imported or ignored, nothing else."""
        row = self._import(self._prepare_order(lines=[self._prepare_line("NEW")]))
        self._receive(self._prepare_order(currency="XAU"))
        row.with_user(self.clerk).action_process()
        self.assertRow(row, "held", "unknown_currency")

    def test_who_may(self):
        """X-5: clerks of the company; everybody else is refused."""
        row = self._receive(self._prepare_order())
        portal = new_test_user(self.env, "hub_portal", groups="base.group_portal")
        foreign = self._create_user("clerk", self.other_company)
        for user in (portal, foreign, self._create_user("warehouse"), self.machine):
            for method in ("action_process", "action_retry"):
                with self.assertRaises(AccessError):
                    getattr(row.with_user(user), method)()
        self.assertRow(row, "received")

    def test_clerk_needs_no_other_right(self):
        """A clerk without rights on contacts and price lists imports all the same."""
        self.env.ref("base.EUR").active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.EUR").id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.8,
            }
        )
        order = self._import_order(currency="EUR")
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual(order.create_uid, self.clerk)

    def test_retry_of_many_is_done_by_jobs(self):
        rows = self._receive(*[self._prepare_order(f"M{i}") for i in range(101)])
        rows.write({"to_process": False})
        with trap_jobs() as trap:
            rows.with_user(self.clerk).action_retry()
            trap.assert_jobs_count(2)
            trap.perform_enqueued_jobs()
        self.assertEqual(set(rows.mapped("state")), {"imported"})

    def test_button_tells_what_happened(self):
        rows = self._receive(
            self._prepare_order("A1"),
            self._prepare_order("A2", lines=[self._prepare_line("NEW")]),
        )
        action = rows.with_user(self.clerk).action_process()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("Imported: 1", action["params"]["message"])
        self.assertIn("Held: 1", action["params"]["message"])

    def test_unpaid_waits_and_is_accepted(self):
        row = self._import(self._prepare_order(status="unpaid"))
        self.assertRow(row, "held", "unpaid")
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).action_accept("please")
        reviewer = self._create_user("reviewer")
        with self.assertRaises(UserError):
            row.with_user(reviewer).action_accept(" ")
        row.with_user(reviewer).action_accept("pays by invoice")
        self.assertRow(row, "imported")
        self.assertFalse(row.sale_order_id.channel_paid)

    def test_payment_releases(self):
        row = self._import(self._prepare_order(status="unpaid"))
        self._import(self._prepare_order(status="paid"))
        self.assertRow(row, "imported")

    def test_cash_on_delivery_is_not_unpaid(self):
        payment = {"cash_on_delivery": True, "state": "pending"}
        order = self._import_order(status="unpaid", payment=payment)
        self.assertTrue(order.channel_paid)

    def test_unpaid_as_quotation(self):
        self.channel.write({"unpaid_policy": "draft", "auto_confirm": True})
        order = self._import_order(status="unpaid")
        self.assertEqual(order.state, "draft")
        self._import(self._prepare_order(status="paid"))
        self.assertEqual(order.state, "sale")

    def test_cancelled_before_first_seen(self):
        order = self._import_order(status="cancelled", total="0")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_shipped_before_first_seen(self):
        """X-8: an order first seen already shipped makes no move."""
        for status in ("shipped", "delivered", "returned"):
            row = self._import(self._prepare_order(status, status=status))
            code = "returned" if status == "returned" else "shipped"
            self.assertRow(row, "held", f"already_{code}", "history")
            row.with_user(self._reviewer()).action_accept("moved from the old system")
            self.assertRow(row, "imported")
            order = row.sale_order_id
            self.assertEqual((order.state, order.locked), ("sale", True))
            self.assertFalse(order.order_line.move_ids)
            self.assertFalse(order.picking_ids)

    def test_history_only_channel(self):
        self.channel.write({"shipped_policy": "history", "approval_mode": "explicit"})
        order = self._import_order(status="delivered")
        self.assertEqual((order.state, order.locked), ("sale", True))
        self.assertTrue(order.is_channel_history)
        self.assertFalse(order.picking_ids)

    def _reviewer(self):
        login = f"hub_reviewer_{self.company.id}"
        user = self.env["res.users"].search([("login", "=", login)])
        return user or self._create_user("reviewer")

    def test_straight_through(self):
        """Clean and paid orders go to the warehouse with nobody touching them."""
        self.channel.auto_confirm = True
        rows = self._import(
            *[self._prepare_order(f"S{i}") for i in range(3)],
            self._prepare_order("S9", lines=[self._prepare_line("NEW")]),
        )
        orders = rows[:3].sale_order_id
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(len(orders.picking_ids), 3)
        self.assertEqual(rows[3].state, "held")

    def test_approval_stops_confirmation(self):
        """Invariant 2: what needs approval is submitted, never confirmed."""
        self.channel.write(
            {"auto_confirm": True, "auto_submit": True, "approval_mode": "explicit"}
        )
        order = self._import_order()
        self.assertEqual(order.approval_state, "to_approve")
        self.assertEqual(order.state, "draft")

    def test_confirmation_that_fails_is_told(self):
        """Invariant 10: the order stays a quotation that says why; others go on."""
        self.channel.auto_confirm = True
        model = type(self.env["sale.order"])
        original = model.action_confirm

        def refuse(orders):
            if "NO-F2" in orders.mapped("channel_number"):
                raise UserError(self.env._("No stock of that."))
            return original(orders)

        rows = self._receive(*[self._prepare_order(f"F{i}") for i in range(4)])
        with patch.object(model, "action_confirm", refuse):
            rows.with_user(self.clerk).action_process()
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        states = rows.mapped(lambda row: row.sale_order_id.state)
        self.assertEqual(states, ["sale", "sale", "draft", "sale"])
        self.assertIn("No stock of that.", rows[2].sale_order_id.import_note)

    def test_cron_takes_what_jobs_lost(self):
        row = self._receive(self._prepare_order())
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_process").method_direct_trigger()
        self.env.invalidate_all()
        self.assertRow(row, "imported")
        self.assertFalse(row.to_process)

    def test_cron_leaves_a_lost_race_to_a_job(self):
        """A cron that fails too often is switched off; a job is tried again."""
        row = self._receive(self._prepare_order())
        race = psycopg2.errors.SerializationFailure("somebody was faster")
        with (
            patch.object(type(row), "_process", side_effect=race),
            patch.object(type(row), "_enqueue_processing") as enqueue,
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_management.ir_cron_process").method_direct_trigger()
        enqueue.assert_called_once()
        self.env.invalidate_all()
        self.assertRow(row, "received")

    def _count_queries(self, number):
        """Queries of importing ``number`` orders of new customers with addresses."""
        rows = self._receive(
            *[
                self._prepare_order(
                    f"Q{number}-{i}",
                    customer={"external_id": f"C{number}-{i}", "name": f"Buyer {i}"},
                    shipping_address={"street": f"{i} Lê Lợi", "country_code": "VN"},
                    lines=[
                        self._prepare_line("LAMP", 1, "40", "1"),
                        self._prepare_line("DESK", 1, "250", "2"),
                        self._prepare_line("BULB", 10, "2.50", "3"),
                    ],
                )
                for i in range(number)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows.with_user(self.clerk).action_process()
        self.env.flush_all()
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow(self):
        """No query an order: fifty cost hardly more than one."""
        self._count_queries(2)
        one, fifty = self._count_queries(1), self._count_queries(50)
        self.assertLess(fifty - one, 30, f"{one} for one, {fifty} for fifty")

    def test_screens_open_for_each_role(self):
        """What a role may not read is left out of its screens, which still open."""
        row = self._import(self._prepare_order())
        for role in ("clerk", "reviewer", "manager"):
            login = f"hub_{role}_{self.company.id}"
            user = self.env["res.users"].search([("login", "=", login)])
            user = user or self._create_user(role)
            for model, record in (
                ("channel.order", row),
                ("sale.order", row.sale_order_id),
                ("sale.channel", self.channel),
            ):
                views = self.env[model].with_user(user).get_views([(False, "form")])
                names = views["models"][model]["fields"]
                record.with_user(user).read(list(names))
