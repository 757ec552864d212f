# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OrderManagementCommon

MODELS = (
    "channel.order",
    "order.event",
    "stock.hold",
    "order.quota",
    "order.quota.move",
    "channel.return",
    "channel.return.line",
    "channel.return.reason",
    "channel.settlement",
    "channel.settlement.line",
)
#: what each role may do: c(reate), r(ead), w(rite), d(elete), in the order of MODELS
RIGHTS = {
    "clerk": ("r", "r", "crw", "r", "r", "crw", "crwd", "r", "r", "r"),
    "reviewer": ("r", "r", "crw", "r", "r", "crw", "crwd", "r", "r", "r"),
    "manager": ("r", "r", "crw", "crwd", "r", "crwd", "crwd", "crwd", "crwd", "crwd"),
    # of a return's lines: what arrived, see test_returns_flow
    "warehouse": ("r", "r", "r", "r", "r", "r", "rw", "r", "", ""),
    "accountant": ("r", "r", "r", "r", "r", "r", "r", "r", "crwd", "crwd"),
    "channel": ("r", "", "", "", "", "", "", "", "", ""),
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "d": "unlink"}


@tagged("post_install", "-at_install", "meets_others")
class TestAccess(OrderManagementCommon):
    """X-5, invariant 8: each role sees and does its own, nobody a neighbour's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls._create_one_of_each(cls.company, cls.channel)
        cls.theirs = cls._create_one_of_each(cls.other_company, cls.other_channel)

    @classmethod
    def _create_one_of_each(cls, company, channel):
        """``{model: a record of the company}``"""
        env = cls.env
        row = env["channel.order"].create(
            {"channel_id": channel.id, "external_id": "X", "payload": {"total": "1"}}
        )
        row._transition("held", "why")
        quota = env["order.quota"].create(
            {"name": "Quota", "company_id": company.id, "limit_qty": 5}
        )
        quota.action_activate()
        move = env["order.quota.move"]._apply_moves(
            [
                {
                    "quota_id": quota.id,
                    "kind": "hold",
                    "delta_held": 1,
                    "key": f"access-{company.id}",
                }
            ]
        )
        cls._add_stock(1, warehouse=cls._get_warehouse(company))
        hold = env["stock.hold"].create(
            {
                "product_id": cls.product.id,
                "warehouse_id": cls._get_warehouse(company).id,
            }
        )
        return_ = env["channel.return"].create(
            {
                "partner_id": cls.partner.id,
                "company_id": company.id,
                "line_ids": [Command.create({"product_id": cls.product.id})],
            }
        )
        settlement = env["channel.settlement"].create(
            {
                "channel_id": channel.id,
                "statement_ref": "S1",
                "date_from": "2026-07-01",
                "date_to": "2026-07-02",
                "line_ids": [Command.create({"amount": 1})],
            }
        )
        return {
            "sale.channel": channel,
            "channel.order": row,
            "order.event": env["order.event"].search(row._get_event_domain()),
            "stock.hold": hold,
            "order.quota": quota,
            "order.quota.move": move,
            "channel.return": return_,
            "channel.return.line": return_.line_ids,
            "channel.settlement": settlement,
            "channel.settlement.line": settlement.line_ids,
        }

    def test_rights_matrix(self):
        """X-5: the whole matrix of roles, models and operations."""
        for role, rights in RIGHTS.items():
            user = self._create_user(role)
            for model, expected in zip(MODELS, rights, strict=True):
                records = self.env[model].with_user(user)
                actual = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                )
                self.assertEqual(
                    "".join(sorted(actual)), "".join(sorted(expected)), (role, model)
                )

    def test_neighbours_are_invisible(self):
        """Invariant 8: not found, not readable, not writable; for every role."""
        for role, rights in RIGHTS.items():
            user = self._create_user(role)
            for model, theirs in self.theirs.items():
                expected = rights[MODELS.index(model)] if model in MODELS else "r"
                if "r" not in expected:
                    continue
                with self.subTest(role=role, model=model):
                    ours = self.ours[model].with_user(user)
                    found = ours.search([("id", "in", (ours | theirs).ids)])
                    self.assertEqual(found, ours)
                    self.assertTrue(ours.read(["display_name"]))
                    with self.assertRaises(AccessError):
                        theirs.with_user(user).read(["display_name"])
                    with self.assertRaises(UserError):
                        theirs.with_user(user).write({"company_id": self.company.id})

    def test_screens_open_for_each_role(self):
        """X-5: who may read a model can open all its screens without an error."""
        for role, rights in RIGHTS.items():
            if role == "channel":
                continue
            user = self._create_user(role)
            for model, expected in zip(MODELS, rights, strict=True):
                if "r" not in expected or model not in self.ours:
                    continue
                records = self.ours[model].with_user(user)
                if model == "channel.return.line":
                    continue  # shown inside its return only
                kinds = ("list", "kanban", "form", "search")
                views = records.get_views([(False, kind) for kind in kinds])
                for fields in views["models"].values():
                    self.assertTrue(fields)
                names = views["models"][model]["fields"]
                with self.subTest(role=role, model=model):
                    self.assertTrue(
                        records.web_read({name: {} for name in names if name != "id"})
                    )

    def test_strangers_see_nothing(self):
        """X-5: neither other employees nor portal users reach into the hub."""
        employee = new_test_user(self.env, "hub_employee", groups="base.group_user")
        portal = new_test_user(self.env, "hub_portal", groups="base.group_portal")
        for user in employee | portal:
            for model in MODELS:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([], limit=1)

    def test_message_is_for_those_who_work_with_it(self):
        """X-7: what the buyer's name and phone are in is not for everybody."""
        row = self.ours["channel.order"]
        clerk, warehouse = self._create_user("clerk"), self._create_user("warehouse")
        reviewer = self._create_user("reviewer")
        self.assertEqual(row.with_user(reviewer).payload, {"total": "1"})
        self.assertIn('"total": "1"', row.with_user(clerk).payload_text)
        for field in ("payload", "payload_raw", "payload_text"):
            with self.assertRaises(AccessError):
                row.with_user(warehouse).read([field])

    def test_clerk_plans_activities(self):
        """Rows of the inbox are not writable, but a clerk can plan work on them."""
        clerk = self._create_user("clerk")
        row = self.ours["channel.order"].with_user(clerk)
        row.activity_schedule("mail.mail_activity_data_todo", user_id=clerk.id)
        self.assertEqual(row.activity_ids.user_id, clerk)
        row.activity_ids.action_feedback("Called the buyer")
        self.assertFalse(row.activity_ids)
        with self.assertRaises(AccessError):
            row.error = "mine"

    def test_plain_salesman_works_as_before(self):
        """Invariant 10: who has no role in the hub still opens and sells."""
        salesman = new_test_user(
            self.env,
            "hub_salesman",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        order = self._create_order(user_id=salesman.id).with_user(salesman)
        order._log_event("approval")
        arch = order.get_view(view_type="form")["arch"]
        self.assertIn("sale_channel_id", arch)
        self.assertNotIn("channel_order_count", arch)
        order.web_read({"sale_channel_id": {}, "channel_number": {}})
        order.action_confirm()
        self.assertEqual(order.state, "sale")
