# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class CustomerAssignmentMember(models.Model):
    """One person of a rule, with what they can do and the counters of their share.

    The counters are the rows that every assignment updates: of two at once one gets
    a serialization error and is tried again with the other's numbers.
    """

    _name = "customer.assignment.member"
    _description = "Person of an Assignment Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one(
        "customer.assignment.rule", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    weight = fields.Integer(default=1, help="Two gets twice as many as one; 0: pause")
    daily_cap = fields.Integer("Most a Day", help="0: no limit")
    skill_ids = fields.Many2many("crm.tag", string="Skills")
    lang_ids = fields.Many2many("res.lang", string="Languages")
    assigned_total = fields.Integer("Got", readonly=True, copy=False)
    counted_on = fields.Date(readonly=True, copy=False)
    day_count = fields.Integer("Counted", readonly=True, copy=False)
    today_count = fields.Integer("Today", compute="_compute_today_count")

    _user_uniq = models.UniqueIndex(
        "(rule_id, user_id)", "This person is in the rule already."
    )
    _numbers_check = models.Constraint(
        "CHECK (weight >= 0 AND daily_cap >= 0)",
        "Weight and the most a day cannot be negative.",
    )
    _cap_check = models.Constraint(
        "CHECK (day_count >= 0)", "The counter cannot be negative."
    )

    @api.depends("counted_on", "day_count")
    def _compute_today_count(self):
        for member in self:
            is_today = member.counted_on == member._get_today()
            member.today_count = member.day_count if is_today else 0

    def _get_today(self):
        """The day where the rule's company works: a cap starts anew at its midnight."""
        calendar = self.rule_id.company_id.resource_calendar_id
        return fields.Date.context_today(self.with_context(tz=calendar.tz))

    def _get_skills(self, model):
        """:return: what they know of records of a model; a hook for bridges."""
        return self.skill_ids

    def _has_room(self, given):
        """:param given: how many they got in the present run, not yet counted."""
        if not self.weight:
            return False
        return not self.daily_cap or self.today_count + given < self.daily_cap

    def _count_up(self, given):
        """:param given: {member id: number}; one UPDATE, rows in id order."""
        if not given:
            return
        ids = sorted(given)
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_assignment_member m SET
                    assigned_total = COALESCE(m.assigned_total, 0) + g.number,
                    day_count = g.number + CASE WHEN m.counted_on = g.today
                        THEN m.day_count ELSE 0 END,
                    counted_on = g.today
                FROM unnest(%(ids)s, %(numbers)s, %(days)s::date[])
                    AS g(id, number, today)
                WHERE g.id = m.id
                """,
                ids=ids,
                numbers=[given[key] for key in ids],
                days=[member._get_today() for member in self.browse(ids)],
            )
        )
        self.invalidate_model(
            ["assigned_total", "day_count", "counted_on", "today_count"]
        )

    def _filter_at_work(self, moment):
        """:return: those who work now, by their calendar and leave.

        :param moment: UTC time
        """
        calendars = {}
        for member in self:
            calendar = member.user_id.resource_calendar_id or (
                member.rule_id.company_id.resource_calendar_id
            )
            calendars.setdefault(calendar, self.browse())
            calendars[calendar] |= member
        present = self.browse()
        for calendar, members in calendars.items():
            if not calendar:
                present |= members  # no hours are written down: always at work
                continue
            resources = members.user_id.resource_ids
            intervals = calendar._get_intervals_around(moment, resources)
            for member in members:
                own = member.user_id.resource_ids.filtered(
                    lambda resource, rule=member.rule_id: (
                        resource.company_id == rule.company_id
                    )
                )[:1]
                if intervals[own.id]:
                    present |= member
        return present & self
