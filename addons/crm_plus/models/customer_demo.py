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


class CustomerSnapshot(models.Model):
    """Eighteen months of a few customers, for demonstration only."""

    _inherit = "customer.snapshot"

    @api.model
    def _create_demo(self):
        """Orders of the demo customers, and what four nights made of them."""
        products = [self.env.ref(f"product.product_product_{n}") for n in (1, 2)]
        orders = [
            self._prepare_demo_order(name, days, amount, products[number % 2])
            for name, (story, amount) in _STORIES.items()
            for number, days in enumerate(story)
        ]
        self.env["sale.order"].with_context(tracking_disable=True).create(orders)
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

    def _prepare_demo_order(self, name, days, amount, product):
        """A confirmed order; a company's contact signs every other one."""
        partner = self.env.ref(f"crm_plus.partner_demo_{name}")
        buyer = partner.child_ids[:1] if days % 2 else partner
        moment = self._get_moment(self.env.company)
        line = {
            "product_id": product.id,
            "product_uom_qty": 1,
            "price_unit": amount + days % 7 * 10,
            "tax_ids": [(5,)],
        }
        return {
            "partner_id": (buyer or partner).id,
            "date_order": moment.now - timedelta(days=days),
            "state": "sale",
            "user_id": partner.user_id.id,
            "order_line": [(0, 0, line)],
        }
