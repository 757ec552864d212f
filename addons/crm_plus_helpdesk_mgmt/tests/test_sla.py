# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import MONDAY, ServiceCase


@tagged("post_install", "-at_install")
class TestSla(ServiceCase):
    """Deadlines of tickets in working hours, from their history."""

    def _at(self, hour, day=0, minute=0):
        return MONDAY + timedelta(days=day, hours=hour, minutes=minute)

    def _move(self, ticket, stage, hour, day=0):
        with freeze_time(self._at(hour, day)):
            ticket.stage_id = stage
            ticket.flush_recordset()

    def _make(self, hour=9, **vals):
        with freeze_time(self._at(hour)):
            ticket = self._ticket(**vals)
            ticket.flush_recordset()
            # the cursor's own time is the database's
            ticket.log_ids.at = self._at(hour)
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                [self._at(hour), ticket.id],
            )
            ticket.invalidate_recordset()
            self.env["helpdesk.ticket.sla"].search(
                [("ticket_id", "=", ticket.id)]
            )._refresh_states()
        return ticket

    def test_the_deadline_leaves_out_lunch_and_holidays(self):
        self._policy()
        ticket = self._make(11)
        self.assertEqual(ticket.sla_deadline, self._at(16))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.calendar.company_id.id,
                "date_from": self._at(0, 1),
                "date_to": self._at(23, 1),
            }
        )
        self._policy(hours=8)
        ticket = self._make(11)
        self.assertEqual(
            ticket.ticket_sla_ids.sorted("hours")[1].deadline, self._at(11, 2)
        )

    def test_holidays_of_another_company_are_working_days(self):
        self._policy(hours=8)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Their holiday",
                "calendar_id": False,
                "date_from": self._at(0, 1),
                "date_to": self._at(23, 1),
            }
        )
        # Odoo computes it from whoever is at work when it is written
        self.env.flush_all()
        holiday.company_id = company
        self.assertEqual(self._make(11).sla_deadline, self._at(11, 1))

    def test_another_team_has_other_hours(self):
        self._policy(team_ids=False)
        # a stage of all teams: the change of team alone has it computed again
        ticket = self._make(11, stage_id=self.work.id)
        self.assertEqual(ticket.sla_deadline, self._at(16))
        calendar = self._make_calendar()
        calendar.attendance_ids.filtered(lambda a: a.day_period != "morning").unlink()
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "Mornings",
                "user_ids": self.agent.ids,
                "use_sla": True,
                "resource_calendar_id": calendar.id,
            }
        )
        with freeze_time(self._at(11, minute=30)):
            ticket.team_id = team
            self.assertEqual(ticket.sla_deadline, self._at(11, 1))

    def test_waiting_stops_the_clock_and_a_replay_changes_nothing(self):
        self._policy()
        ticket = self._make(9)
        self._move(ticket, self.wait, 10)
        row = ticket.ticket_sla_ids
        self.assertEqual((row.state, row.deadline), ("on_hold", False))
        self.assertEqual(ticket.sla_state, "hold")
        self._move(ticket, self.work, 15)
        self.assertEqual(row.deadline, self._at(9, 1))
        self.assertEqual(row.consumed_time, 1)
        before = row.read(["state", "deadline", "consumed_time", "warning_at"])
        for hour in (15, 16):
            with freeze_time(self._at(hour)):
                row._refresh_states()
        row.invalidate_recordset()
        self.assertEqual(
            row.read(["state", "deadline", "consumed_time", "warning_at"]), before
        )

    def test_the_first_answer_is_a_message_to_the_customer(self):
        self._policy(target_type="answer", hours=0, minutes=30)
        ticket = self._make(9)
        row = ticket.ticket_sla_ids
        self.assertEqual(row.deadline, self._at(9, minute=30))
        with freeze_time(self._at(9, minute=10)):
            ticket.with_user(self.agent).message_post(
                body="note", subtype_xmlid="mail.mt_note"
            )
        self.assertEqual(row.state, "in_progress")
        with freeze_time(self._at(9, minute=20)):
            ticket.with_user(self.agent).message_post(
                body="hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(row.state, "accomplished")
        with freeze_time(self._at(12)):
            ticket.with_user(self.agent).message_post(
                body="again", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(len(ticket.log_ids.filtered(lambda r: r.kind == "answer")), 1)

    def test_failed_stays_failed(self):
        self._policy()
        ticket = self._make(8)
        self._move(ticket, self.done, 16)
        row = ticket.ticket_sla_ids
        self.assertEqual((row.state, row.deadline), ("expired", self._at(12)))
        self._move(ticket, self.work, 8, 1)
        self._move(ticket, self.done, 9, 1)
        self.assertEqual(row.state, "expired")
        self.assertTrue(ticket.sla_expired)
        search = self.env["helpdesk.ticket"].search
        domain = [("id", "=", ticket.id)]
        self.assertTrue(search([*domain, ("sla_expired", "=", True)]))
        self.assertFalse(search([*domain, ("sla_expired", "=", False)]))

    def test_policies_by_priority_category_and_filter(self):
        urgent = self._policy(priority="3", hours=1)
        other = self.env["helpdesk.ticket.category"].create({"name": "Other"})
        self._policy(category_ids=other.ids)
        named = self._policy(domain="[('name', 'ilike', 'fire')]")
        ticket = self._make()
        self.assertFalse(ticket.ticket_sla_ids)
        with freeze_time(self._at(9, minute=5)):
            ticket.priority = "3"
            self.assertEqual(ticket.ticket_sla_ids.sla_id, urgent)
            ticket.write({"name": "Fire", "priority": "1"})
            self.assertEqual(ticket.ticket_sla_ids.sla_id, named)

    def test_a_missed_deadline_outlives_what_is_done_about_it(self):
        """Raising the priority takes a ticket out of the policy it missed."""
        policy = self._policy(priority="1", breach_priority=True)
        ticket = self._make(8)
        with freeze_time(self._at(12, minute=5)):
            self.assertTrue(self.env["helpdesk.ticket"]._act_on_missed())
            self.assertFalse(self.env["helpdesk.ticket"]._act_on_missed())
            self.assertEqual(ticket.priority, "3")
            self.assertEqual(ticket.ticket_sla_ids.sla_id, policy)
            self.assertEqual(ticket.sla_state, "missed")
            self.assertTrue(ticket.sla_fits)
        self.assertIn(self.leader, ticket.activity_ids.user_id)

    def test_promises_for_a_segment(self):
        customer = self.portal.partner_id
        segment = self.env["customer.segment"].create({"name": "VIP", "kind": "static"})
        policy = self._policy(segment_ids=segment.ids)
        self.assertFalse(self._make().ticket_sla_ids)
        self.env["customer.segment.member"].create(
            {
                "segment_id": segment.id,
                "since": MONDAY,
                "partner_id": customer.id,
                "company_id": self.env.company.id,
            }
        )
        customer.invalidate_recordset(["segment_ids"])
        self.assertEqual(self._make().ticket_sla_ids.sla_id, policy)

    def test_a_broken_filter_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "filter"):
            self._policy(domain="[('no_such_field', '=', 1)]")
        with self.assertRaisesRegex(ValidationError, "filter"):
            self._policy(domain="[(")

    def test_warned_once_then_raised_once(self):
        self._policy(breach_priority=True)
        ticket = self._make(8)
        with freeze_time(self._at(10, minute=50)):
            self.env["helpdesk.ticket"]._warn_of_deadlines()
            self.assertFalse(ticket.activity_ids)
        with freeze_time(self._at(11, minute=5)):
            self.assertTrue(self.env["helpdesk.ticket"]._warn_of_deadlines())
            self.assertFalse(self.env["helpdesk.ticket"]._warn_of_deadlines())
            self.assertEqual(ticket.activity_ids.user_id, self.agent)
            self.assertEqual(ticket.sla_state, "running")
        with freeze_time(self._at(12, minute=5)):
            self.assertTrue(self.env["helpdesk.ticket"]._act_on_missed())
            self.assertFalse(self.env["helpdesk.ticket"]._act_on_missed())
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.sla_state, "missed")
        self.assertIn(self.leader, ticket.activity_ids.user_id)

    def test_many_tickets_cost_no_more_queries_each(self):
        self._policy()
        self._policy(target_type="answer")

        def count(number):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": "Many",
                        "description": "x",
                        "team_id": self.team.id,
                        "stage_id": self.new.id,
                        "user_id": False,
                    }
                    for _index in range(number)
                ]
            )
            rows = tickets.ticket_sla_ids
            self.assertEqual(len(rows), 2 * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows._refresh_states()
            return self.env.cr.sql_log_count - before

        few = count(2)
        self.assertLessEqual(count(60), few + 2)

    def test_history_is_imported_from_messages(self):
        self._policy()
        ticket = self._make(9)
        self.env.cr.precommit.run()
        for stage in (self.work, self.wait, self.done):
            ticket.stage_id = stage
            ticket.flush_recordset()
            self.env.cr.precommit.run()  # writes the tracked values
        ticket.with_user(self.agent).message_post(
            body="hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        kept = [(row.kind, row.stage_id.id) for row in ticket.log_ids]
        ticket.log_ids.unlink()
        self.env["helpdesk.ticket.log"]._import_history()
        found = [(row.kind, row.stage_id.id) for row in ticket.log_ids]
        self.assertEqual(sorted(found), sorted(kept))
