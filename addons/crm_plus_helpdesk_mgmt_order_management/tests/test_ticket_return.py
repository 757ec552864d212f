# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_plus_helpdesk_mgmt.tests.common import ServiceCase


@tagged("post_install", "-at_install", "meets_others")
class TestTicketReturn(ServiceCase):
    """CP-5: a ticket is about an order, an invoice or a return."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create({"name": "Kettle"})
        cls.back, cls.foreign = (
            cls._return(user.partner_id, product) for user in (cls.portal, cls.other)
        )

    @classmethod
    def _return(cls, partner, product):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        line = {
            "order_id": order.id,
            "sale_line_id": order.order_line[:1].id,
            "requested_qty": 1,
            "refund_amount": 75,
        }
        return cls.env["channel.return"].create(
            {"partner_id": partner.id, "line_ids": [Command.create(line)]}
        )

    def test_an_agent_links_a_return_without_part_in_the_hub(self):
        ticket = self._ticket().with_user(self.agent)
        with self.assertRaises(AccessError):
            self.back.with_user(self.agent).read(["refund_amount"])
        action = ticket.action_link_document()
        wizard = self.env[action["res_model"]].with_user(self.agent)
        lines = wizard.browse(action["res_id"]).line_ids
        self.assertNotIn(self.foreign.name, lines.mapped("name"))
        line = lines.filtered(lambda found: found.field_name == "return_id")
        self.assertEqual((line.name, line.amount), (self.back.display_name, 75))
        self.assertEqual(line.date, self.back.requested_at.date())
        line.action_choose()
        self.assertEqual(ticket.sudo().return_id, self.back)
        self.assertIn("return_id", ticket.get_view(view_type="form")["arch"])

    def test_another_customers_return_is_refused(self):
        ticket = self._ticket()
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            ticket.return_id = self.foreign
        ticket.return_id = self.back
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            ticket.partner_id = self.other.partner_id

    def test_a_return_shows_its_tickets(self):
        tickets = self._ticket(return_id=self.back.id) | self._ticket()
        self.leader.group_ids = [
            Command.link(self.env.ref("order_management.group_clerk").id)
        ]
        back = self.back.with_user(self.leader)
        self.assertEqual(back.ticket_count, 1)
        found = self.env["helpdesk.ticket"].search(back.action_view_tickets()["domain"])
        self.assertEqual(found, tickets[0])
        self.assertEqual(self.foreign.with_user(self.leader).ticket_count, 0)
