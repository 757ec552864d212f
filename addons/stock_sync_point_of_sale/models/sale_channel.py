# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.stock_sync.models.sale_channel_health import WARNING


class SaleChannel(models.Model):
    """A way of selling; here: whether tills sold what its shop had sold."""

    _inherit = "sale.channel"

    oversold_at_tills = fields.Text(compute="_compute_oversold_at_tills")

    def _compute_oversold_at_tills(self):
        """Recent sales at tills of products that these shops show and of which more is
        promised than there is; nothing but one query while tills sell nothing."""
        self.oversold_at_tills = False
        sales = self.env["pos.order.line"]
        products = sales._get_recent_products(self.company_id)
        if not products:
            return
        shown = self.env["channel.listing"]._read_group(
            [
                ("channel_id", "in", self._origin.ids),
                ("state", "=", "matched"),
                ("product_id", "in", products.ids),
            ],
            ["channel_id"],
            ["product_id:recordset"],
        )
        by_channel = dict(shown)
        for company, channels in self.grouped("company_id").items():
            own = products.browse().union(
                *(by_channel.get(one._origin, products.browse()) for one in channels)
            )
            over = own._get_oversold(company)
            if not over:
                continue
            lines = sales._get_recent_sales(over)
            for channel in channels:
                mine = by_channel.get(channel._origin, over.browse()) & over
                told = lines.filtered(lambda line, mine=mine: line.product_id in mine)
                channel.oversold_at_tills = told._get_cause_text() or False

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """Override: products that tills sold beyond what was left."""
        problems = super()._get_health_problems(dead, failed_jobs)
        if self.sync_state != "connected" or not self.stock_is_published:
            return problems
        if self.oversold_at_tills:
            text = self.env._(
                "Tills sold more than was left; orders of this shop may wait for "
                "goods:\n%(sales)s",
                sales=self.oversold_at_tills,
            )
            problems.append(("till", WARNING, text))
        return problems
