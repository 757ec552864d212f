# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

#: a Monday
MONDAY = datetime(2025, 3, 3)


class ServiceCase(TransactionCase):
    """A team that works Monday to Friday, 8-12 and 13-17 UTC, with two agents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.env["helpdesk.sla"].search([]).active = False
        own = "helpdesk_mgmt.group_helpdesk_user"
        cls.agent = new_test_user(cls.env, "service_agent", own, name="Ann Agent")
        cls.leader = new_test_user(
            cls.env, "service_leader", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.portal = new_test_user(
            cls.env, "service_portal", "base.group_portal", email="kim@example.com"
        )
        cls.portal.partner_id.name = "Kim"
        cls.other = new_test_user(
            cls.env, "service_other", "base.group_portal", email="lee@example.com"
        )
        cls.calendar = cls._make_calendar()
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Service",
                "alias_name": "service-test",
                "user_id": cls.leader.id,
                "user_ids": [Command.set((cls.agent | cls.leader).ids)],
                "use_sla": True,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        Stage = cls.env["helpdesk.ticket.stage"]
        cls.new, cls.work, cls.wait, cls.done = Stage.create(
            [
                {
                    "name": name,
                    "sequence": 100 + index,
                    "team_ids": cls.team.ids,
                    **more,
                }
                for index, (name, more) in enumerate(
                    (
                        ("New", {"unattended": True}),
                        ("Work", {}),
                        ("Wait", {"waiting": True}),
                        ("Done", {"closed": True, "close_from_portal": True}),
                    )
                )
            ]
        )
        # the stages of all teams are this team's, too
        cls.work = cls.team._get_working_stage()

    @classmethod
    def _make_calendar(cls):
        return cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "hours_per_day": 8,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {period}",
                                "dayofweek": str(day),
                                "hour_from": begin,
                                "hour_to": end,
                                "day_period": period,
                            }
                        )
                        for day in range(5)
                        for period, begin, end in (
                            ("morning", 8, 12),
                            ("lunch", 12, 13),
                            ("afternoon", 13, 17),
                        )
                    ),
                ],
            }
        )

    @classmethod
    def _policy(cls, **vals):
        return cls.env["helpdesk.sla"].create(
            {
                "name": "Policy",
                "team_ids": cls.team.ids,
                "target_type": "close",
                "hours": 4,
                **vals,
            }
        )

    @classmethod
    def _ticket(cls, **vals):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Broken",
                "description": "It does not work",
                "team_id": cls.team.id,
                "stage_id": cls.new.id,
                "partner_id": cls.portal.partner_id.id,
                "partner_email": cls.portal.email,
                "user_id": cls.agent.id,
                **vals,
            }
        )
