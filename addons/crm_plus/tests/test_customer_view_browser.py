# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestCustomerViewInBrowser(CustomerViewCommon, HttpCase):
    """CP-1: the customer's screen in a real browser."""

    def test_screen(self):
        """From the form to the screen, the timeline filtered, a new quotation."""
        order = self._make_order(client_order_ref="PO 4711")
        self.env["crm.lead"].create(
            {
                "name": "View tour lead",
                "type": "opportunity",
                "partner_id": self.contact.id,
                "user_id": self.seller.id,
            }
        )
        self._make_snapshot(
            order_count=1,
            revenue_total=100,
            revenue_12m=100,
            churn_band="high",
            alive_probability=0.4,
            last_order_date=fields.Date.today(),
            month_values={fields.Date.today().strftime("%Y-%m"): 100},
        )
        self.seller.action_id = False
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "crm_plus_customer_view",
            login="view_seller",
        )
        quotation = self.env["sale.order"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(len(quotation), 1)
        self.assertNotEqual(quotation, order)

    @mute_logger("odoo.http")
    def test_refused(self):
        """Somebody else's customer: said on the screen, nothing breaks."""
        self.start_tour(
            f"/odoo/{self.customer.id}/customer-view",
            "crm_plus_customer_view_refused",
            login="view_neighbour",
        )


@tagged("post_install", "-at_install", "meets_others", "covered")
class TestCustomerUnitsInBrowser(HttpCase):
    """Order Hub's test runs them with its own, where all addons are tested."""

    def test_units(self):
        """The Hoot tests of this addon."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=%2F%5E%40crm_plus%2F",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
