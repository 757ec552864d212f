# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestRoles(ServiceCase):
    """Service people see what they need of sales, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create({"name": "Kettle"})
        cls.order, cls.foreign = cls.env["sale.order"].create(
            [
                {
                    "partner_id": user.partner_id.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for user in (cls.portal, cls.other)
            ]
        )

    def test_an_agent_links_an_order_without_reading_sales(self):
        ticket = self._ticket().with_user(self.agent)
        with self.assertRaises(AccessError):
            self.order.with_user(self.agent).read(["amount_total"])
        action = ticket.action_link_document()
        wizard = self.env[action["res_model"]].with_user(self.agent)
        wizard = wizard.browse(action["res_id"])
        self.assertIn(self.order.name, wizard.line_ids.mapped("name"))
        self.assertNotIn(self.foreign.name, wizard.line_ids.mapped("name"))
        line = wizard.line_ids.filtered(lambda found: found.name == self.order.name)
        line.action_choose()
        spec = {"sale_order_id": {"fields": {"display_name": {}}}}
        read = ticket.web_read(spec)[0]["sale_order_id"]
        self.assertEqual(read["display_name"], self.order.display_name)

    def test_the_form_opens_for_an_agent(self):
        ticket = self._ticket(sale_order_id=self.order.id).with_user(self.agent)
        arch = ticket.get_view(view_type="form")["arch"]
        self.assertIn("action_macro", arch)
        self.assertNotIn("amount", arch)
        ticket.web_read({"log_ids": {"fields": {"at": {}}}, "ticket_sla_ids": {}})

    def test_another_customers_order_is_refused(self):
        ticket = self._ticket()
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            ticket.sale_order_id = self.foreign
        ticket.sale_order_id = self.order
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            ticket.partner_id = self.other.partner_id

    def test_without_a_contact_there_is_nothing_to_choose(self):
        ticket = self._ticket(partner_id=False)
        with self.assertRaisesRegex(UserError, "contact first"):
            ticket.action_link_document()

    def test_a_customer_reads_no_history_and_no_prepared_answers(self):
        for model in ("helpdesk.ticket.log", "helpdesk.macro"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search([])

    def test_who_else_has_the_ticket_open(self):
        ticket = self._ticket()
        self.assertEqual(ticket.with_user(self.agent).note_viewing(), [])
        self.assertEqual(
            ticket.with_user(self.leader).note_viewing(), [self.agent.name]
        )
        ticket.with_user(self.agent).stop_viewing()
        self.assertEqual(ticket.with_user(self.leader).note_viewing(), [])
        with self.assertRaises(AccessError):
            ticket.with_user(self.other).note_viewing()
        ticket.with_user(self.agent).note_viewing()
        self.assertEqual(ticket.with_user(self.portal).note_viewing(), [])
        self.assertEqual(
            ticket.with_user(self.leader).note_viewing(), [self.agent.name]
        )

    def test_a_customer_changes_no_deadlines(self):
        ticket = self._ticket().with_user(self.portal)
        with self.assertRaises(AccessError):
            ticket.set_sla()
        with self.assertRaises(AccessError):
            ticket.refresh_sla()
