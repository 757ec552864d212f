# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCustomerTimelineAccess(CustomerViewCommon):
    """CP-1: nobody sees by the timeline what the records would not show."""

    def test_a_neighbour_is_refused(self):
        self._make_order()
        self.assertTrue(self._entries(self.seller))
        for model, method in (
            ("customer.timeline", "get_page"),
            ("customer.overview", "get_overview"),
            ("customer.overview", "refresh"),
        ):
            with self.assertRaisesRegex(AccessError, "somebody else"):
                getattr(self.env[model].with_user(self.neighbour), method)(
                    self.customer.id
                )

    def test_who_owns_an_order_sees_the_customer_and_own_orders(self):
        theirs = self._make_order()
        own = self._make_order(user=self.neighbour)
        self._make_snapshot()
        self.assertEqual(self._ids(theirs + own, self.neighbour), own)
        self.assertEqual(self._ids(theirs + own, self.leader), theirs + own)

    def test_revenue_on_the_partner(self):
        """Who may not see the figures does not read them on the partner either."""
        self._make_snapshot(revenue_12m=700)
        staff = self._make_user("view_clerk", "base.group_user")
        for user, revenue in (
            (self.leader, 700),
            (self.seller, 700),
            (self.neighbour, 0),
            (staff, 0),
        ):
            self.env.invalidate_all()
            partner = self.customer.with_user(user)
            self.assertEqual(partner.customer_revenue_12m, revenue, user.login)

    def test_people_outside_of_sales(self):
        self._make_order()
        portal = new_test_user(self.env, "view_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        staff = self._make_user("view_staff", "base.group_user")
        for user in (portal, staff):
            with self.assertRaises(AccessError):
                self._page(user)

    def test_notes_of_documents_that_are_not_readable(self):
        """A note stays with those who may read the order it was written on."""
        theirs = self._make_order()
        own = self._make_order(user=self.neighbour)
        self._make_snapshot()
        for order in theirs + own:
            order.message_post(
                body=f"Margin of {order.name} is thin",
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
        shown = {
            entry["open_id"]
            for entry in self._entries(self.neighbour, groups=["messages"])
            if entry["open_model"] == "sale.order"
        }
        self.assertEqual(shown, set(own.ids))

    def test_companies(self):
        """Orders of a company that is not switched on are not shown."""
        other = self.env["res.company"].create({"name": "View Other Company"})
        self.leader.company_ids = [Command.link(other.id)]
        product = self.product
        order = self._make_order()
        foreign = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        )
        both = order + foreign
        timeline = self.env["customer.timeline"].with_user(self.leader)

        def shown(companies):
            page = timeline.with_context(allowed_company_ids=companies.ids).get_page(
                self.customer.id, groups=["sales"]
            )
            return {entry["res_id"] for entry in page["entries"]}

        self.assertEqual(shown(self.company), set(order.ids))
        self.assertEqual(shown(other), set(foreign.ids))
        self.assertEqual(shown(self.company + other), set(both.ids))
