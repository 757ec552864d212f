# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from pytz import UTC, timezone

from odoo import fields, models
from odoo.exceptions import UserError


class CustomerAppointmentPropose(models.TransientModel):
    """Appointments for salespeople, with the most important customers first."""

    _name = "customer.appointment.propose"
    _description = "Propose Appointments"

    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=1),
    )
    duration = fields.Float("Hours Each", default=1.0, required=True)
    per_day = fields.Integer("Most a Day and Person", default=4, required=True)
    name = fields.Char(
        "Subject", required=True, default=lambda self: self.env._("Visit")
    )

    def action_propose(self):
        """Create the calendar events in free working hours, in one batch.

        Customers who have an appointment already are left out.
        :raises UserError: bad numbers, or nobody left to meet
        """
        self.ensure_one()
        if self.duration <= 0 or self.per_day < 1:
            raise UserError(
                self.env._("An appointment takes time, and at least one fits a day.")
            )
        by_user = {}
        for care in self._get_cares():
            user = care.user_id or self.env.user
            by_user.setdefault(user, []).append(care)
        values = []
        for user, chosen in by_user.items():
            slots = self._get_slots(user, len(chosen))
            values += [
                self._prepare_event(user, care, slot)
                for care, slot in zip(chosen, slots, strict=False)
            ]
        events = (
            self.env["calendar.event"]
            .with_context(dont_notify=True, mail_create_nolog=True)
            .create(values)
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "calendar.action_calendar_event"
        )
        return {
            **action,
            "domain": [("id", "in", events.ids)],
            "view_mode": "list,calendar,form",
            "views": [(False, "list"), (False, "calendar"), (False, "form")],
        }

    def _get_cares(self):
        """:return: those chosen who have no appointment, the important ones first"""
        cares = self.env["customer.care"].browse(self.env.context.get("active_ids"))
        cares = cares.filtered(lambda care: not care.next_meeting_at).sorted(
            lambda care: (-care.importance, care.id)
        )
        if not cares:
            raise UserError(self.env._("All of these have an appointment already."))
        return cares

    def _prepare_event(self, user, care, slot):
        return {
            "name": f"{self.name}: {care.partner_id.display_name}",
            "start": slot,
            "stop": slot + timedelta(hours=self.duration),
            "user_id": user.id,
            "partner_ids": [
                fields.Command.set((user.partner_id | care.partner_id).ids)
            ],
        }

    def _get_slots(self, user, number):
        """:return: UTC starts in the user's free working time, at most ``per_day``."""
        calendar = user.resource_calendar_id or self.env.company.resource_calendar_id
        start = self._get_start(calendar.tz or user.tz or "UTC")
        end = start + timedelta(days=7 + 3 * number // self.per_day)
        if calendar:
            intervals = calendar._work_intervals_batch(
                start, end, resources=user.resource_ids[:1]
            )[user.resource_ids[:1].id]
        else:
            intervals = [
                (
                    start + timedelta(days=day, hours=9),
                    start + timedelta(days=day, hours=17),
                    None,
                )
                for day in range((end - start).days)
            ]
        busy = self._get_busy(user, start, end)
        slots, per_day = [], {}
        length = timedelta(hours=self.duration)
        for opening, closing, _meta in intervals:
            moment = opening
            while moment + length <= closing and len(slots) < number:
                day, naive = moment.date(), moment.astimezone(UTC).replace(tzinfo=None)
                clash = [
                    stop
                    for begin, stop in busy
                    if begin < naive + length and stop > naive
                ]
                if clash:
                    moment += max(clash) - naive
                    continue
                if per_day.get(day, 0) >= self.per_day:
                    break
                per_day[day] = per_day.get(day, 0) + 1
                slots.append(naive)
                moment += length
        return slots

    def _get_start(self, tz):
        """:return: the first day's midnight as people there have it, never the past"""
        midnight = fields.Datetime.to_datetime(self.date_from)
        now = fields.Datetime.now().replace(minute=0, second=0)
        return max(
            timezone(tz).localize(midnight).astimezone(UTC),
            UTC.localize(now + timedelta(hours=1)),
        )

    def _get_busy(self, user, start, end):
        """:return: [(start, stop)] of what the person has in the calendar."""
        # whether somebody is free may be known, with whom they meet not
        events_sudo = (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", user.partner_id.ids),
                    ("show_as", "=", "busy"),
                    ("start", "<", end.replace(tzinfo=None)),
                    ("stop", ">", start.replace(tzinfo=None)),
                ]
            )
        )
        return [(event.start, event.stop) for event in events_sudo]
