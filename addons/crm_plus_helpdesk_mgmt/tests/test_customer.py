# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestCustomer(ServiceCase):
    """Tickets among the customer's figures and on the timeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.portal.partner_id
        cls.env["sale.order"].create({"partner_id": cls.customer.id}).state = "sale"

    def _count(self):
        snapshots = self.env["customer.snapshot"]
        snapshots._refresh(self.customer, self.env.company)
        return snapshots.search([("partner_id", "=", self.customer.id)]).ticket_count

    def test_open_tickets_are_counted(self):
        tickets = self._ticket() | self._ticket()
        self.assertEqual(self._count(), 2)
        tickets[0].stage_id = self.done
        self.assertEqual(self._count(), 1)

    def test_a_ticket_has_the_figures_computed_again(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        dirty = self.env["customer.snapshot.dirty"].sudo()
        dirty.search([]).unlink()
        self._ticket()
        self.env.cr.precommit.run()
        self.assertIn(self.customer, dirty.search([]).partner_id)

    def test_tickets_are_on_the_timeline_of_those_who_read_them(self):
        ticket = self._ticket()
        ticket.stage_id = self.done
        timeline = self.env["customer.timeline"]
        entries = timeline.get_page(self.customer.id)["entries"]
        kinds = {entry["kind"] for entry in entries if entry["res_id"] == ticket.id}
        self.assertLessEqual({"ticket", "ticket_closed"}, kinds)
        seller = new_test_user(
            self.env, "seller", "sales_team.group_sale_salesman_all_leads"
        )
        entries = timeline.with_user(seller).get_page(self.customer.id)["entries"]
        self.assertNotIn("ticket", {entry["kind"] for entry in entries})

    def test_erasing_a_person_takes_the_words_of_tickets(self):
        """Also of those that only carry the e-mail; the clock's figures stay."""
        ticket = self._ticket()
        written = ticket.message_post(body="Hoa, 9 Hill", message_type="comment")
        email = self.customer.email or "hoa@erase.vn"
        self.customer.email = email
        unlinked = self._ticket(
            partner_id=False, partner_name="Hoa", partner_email=f"Hoa <{email}>"
        )
        other = self._ticket(partner_id=False, partner_email=f"x{email}")
        opened = ticket.create_date
        exported = self.env["customer.privacy.log"]._get_privacy_sources(self.customer)
        found = [r for r, _names in exported if r._name == "helpdesk.ticket"]
        self.assertEqual(ticket.concat(*found), ticket | unlinked)
        self.customer.action_erase_personal_data()
        self.assertFalse(unlinked.partner_name or unlinked.partner_email)
        self.assertEqual((ticket.name, unlinked.name), ("Erased", "Erased"))
        self.assertFalse(written.body)
        self.assertEqual(other.partner_email, f"x{email}")
        self.assertEqual((ticket.create_date, ticket.team_id), (opened, self.team))
