# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestCustomerAssignmentRace(BaseCase):
    """CP-4: counters of people are exact whoever assigns at the same time."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._env() as env:
            users = env["res.users"].create(
                [
                    {
                        "name": f"Race {n}",
                        "login": f"assignment_race_{n}",
                        "group_ids": [
                            Command.set(env.ref("sales_team.group_sale_salesman").ids)
                        ],
                    }
                    for n in range(2)
                ]
            )
            rule = env["customer.assignment.rule"].create(
                {
                    "name": "Race",
                    "active": False,
                    "at_work_only": False,
                    "company_id": env.ref("base.main_company").id,
                    "member_ids": [
                        Command.create({"user_id": user.id, "daily_cap": 1})
                        for user in users
                    ],
                }
            )
            leads = env["crm.lead"].create(
                [{"name": f"Race {n}", "user_id": False} for n in range(2)]
            )
            self.user_ids, self.rule_id, self.lead_ids = users.ids, rule.id, leads.ids
        self.addCleanup(self._clean_up)

    @contextmanager
    def _env(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            yield env
            env.flush_all()

    def _clean_up(self):
        with self._env() as env:
            env["crm.lead"].browse(self.lead_ids).unlink()
            env["customer.assignment.rule"].browse(self.rule_id).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _choose(self, cr, number):
        """:return: the id of the user who gets a lead."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        rule = env["customer.assignment.rule"].browse(self.rule_id)
        lead = env["crm.lead"].browse(self.lead_ids[number])
        chosen = env["customer.assignment.engine"]._choose(rule, lead, {})
        env.flush_all()
        return chosen[lead.id][0].user_id.id

    def test_two_at_once(self):
        """The loser is refused, and right when it is tried again, as Odoo does."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            for cr in (first, second):
                cr.execute("SELECT 1 FROM crm_lead LIMIT 1")  # both have a snapshot
            winner = self._choose(first, 0)
            first.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self._choose(second, 1)
            second.rollback()
            self.assertEqual({winner, self._choose(second, 1)}, set(self.user_ids))
            second.commit()
        with self._env() as env:
            members = env["customer.assignment.rule"].browse(self.rule_id).member_ids
            self.assertEqual(members.mapped("day_count"), [1, 1])
            self.assertFalse(any(member._has_room(0) for member in members))
