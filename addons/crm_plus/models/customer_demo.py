# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models

#: demo customer: days ago of its purchases, amount of each
_STORIES = {
    "champion": (range(6, 540, 19), 850.0),
    "loyal": (range(25, 540, 38), 420.0),
    "at_risk": (range(71, 540, 24), 610.0),
    "cannot_lose": (range(150, 540, 13), 900.0),
    "lost": ((430, 465, 500, 530), 150.0),
    "new": ((9,), 260.0),
    "second": ((4, 45), 180.0),
    "once": ((210,), 95.0),
}
#: demo opportunity: days ago of its order, state, amount, days ago of the signature
_DEALS = {
    "lobby": (40, "sale", 2600.0, 41),
    "season": (20, "sale", 1400.0, None),
    "new": (2, "sent", 2400.0, None),
}


class CustomerSnapshot(models.Model):
    """Eighteen months of a few customers, for demonstration only."""

    _inherit = "customer.snapshot"

    @api.model
    def _create_demo(self):
        """Orders of the demo customers, and what four nights made of them."""
        quiet = self.with_context(tracking_disable=True)
        orders = quiet._create_demo_stories()
        orders |= quiet._create_demo_deals()
        orders |= quiet._create_demo_subscribers()
        self.env.flush_all()
        quiet._create_demo_bills(orders)
        self.env.flush_all()
        company = self.env.company
        moment = self._get_moment(company)
        for months in (3, 2, 1, 0):
            then = moment._replace(today=moment.today - relativedelta(months=months))
            self._refresh_demo(then)
        self.env["customer.segment"].search([("kind", "!=", "static")])._refresh(
            company
        )
        self.env["customer.playbook"].search([("company_id", "=", company.id)])._run(
            moment
        )

    def _refresh_demo(self, moment):
        """The rows of a day in the past, and the month's history."""
        self._make_scope(moment)
        self._find_rfm_cuts(moment)
        self._fit_churn_model(moment)
        self._compute_rows(moment)
        self.env["customer.segment.history"]._record(moment)
        self.env.invalidate_all()

    def _create_demo_stories(self):
        """What the companies bought; their contacts sign every other order."""
        vals_list = []
        for name, (story, amount) in _STORIES.items():
            partner = self.env.ref(f"crm_plus.partner_demo_{name}")
            contact = partner.child_ids[:1] or partner
            for number, days in enumerate(story):
                vals = self._prepare_demo_order(
                    partner, days, amount + days % 7 * 10, number
                )
                vals["partner_id"] = (contact if days % 2 else partner).id
                vals_list.append(vals)
        return self.env["sale.order"].create(vals_list)

    def _create_demo_deals(self):
        """Quotations and orders of the opportunities, one of them signed."""
        vals_list = []
        for name, (days, state, amount, signed) in _DEALS.items():
            lead = self.env.ref(f"crm_plus.crm_lead_demo_{name}")
            vals = self._prepare_demo_order(lead.partner_id, days, amount)
            vals.update(opportunity_id=lead.id, state=state)
            if signed:
                now = self._get_moment(self.env.company).now
                vals["signed_on"] = now - timedelta(days=signed)
                vals["signed_by"] = lead.partner_id.child_ids[:1].name
            vals_list.append(vals)
        return self.env["sale.order"].create(vals_list)

    def _prepare_demo_order(self, partner, days, amount, number=0):
        """A confirmed order of one service, delivered; the company gets the bill."""
        product = self.env.ref(f"product.product_product_{1 + number % 2}")
        line = {
            "product_id": product.id,
            "product_uom_qty": 1,
            # whatever of the two the product is billed by
            "qty_delivered": 1,
            "price_unit": amount,
            "tax_ids": [(5,)],
        }
        term = self.env.ref(
            "account.account_payment_term_30days", raise_if_not_found=False
        )
        moment = self._get_moment(self.env.company)
        return {
            "partner_id": partner.id,
            "partner_invoice_id": partner.id,
            "partner_shipping_id": partner.id,
            "date_order": moment.now - timedelta(days=days),
            "state": "sale",
            "user_id": partner.user_id.id,
            "payment_term_id": term.id if term else False,
            "order_line": [(0, 0, line)],
        }
