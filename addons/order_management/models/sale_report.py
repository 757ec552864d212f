# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleReport(models.Model):
    """Sales figures, without test orders."""

    _inherit = "sale.report"

    def _where_sale(self):
        """Override of ``sale`` to leave test orders out."""
        return f"{super()._where_sale()} AND s.is_channel_test IS NOT TRUE"
