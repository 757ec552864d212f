# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import models

_logger = logging.getLogger(__name__)


class AccountChartTemplate(models.AbstractModel):
    """Charts of accounts; here: the demo customers get their bills with one."""

    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        self._create_customer_demo_bills(company or self.env.company)
        return result

    def _create_customer_demo_bills(self, company):
        """Installed in one go, demo data is there before Odoo loads a chart."""
        # what the chart's own loading needs has no say about invoices
        context = {"tracking_disable": True, "allowed_company_ids": company.ids}
        snapshots = self.env["customer.snapshot"]
        snapshots = snapshots.with_context(context)  # pylint: disable=context-overridden
        orders = snapshots._get_demo_orders()
        if not orders:
            return
        try:
            # the chart is worth more than a demonstration
            with self.env.cr.savepoint():
                snapshots._create_demo_bills(orders)
        except Exception:  # whatever other addons ask of invoices
            _logger.exception("No bills for the demo customers")
