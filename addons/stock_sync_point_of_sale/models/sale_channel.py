# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.stock_sync.models.sale_channel_health import WARNING


class SaleChannel(models.Model):
    """A way of selling; here: whether tills sold what its shop had sold."""

    _inherit = "sale.channel"

    def _get_health_problems(self, dead=0, failed_jobs=0):
        """Override: products that tills sold beyond what was left."""
        problems = super()._get_health_problems(dead, failed_jobs)
        if self.sync_state != "connected" or not self.stock_is_published:
            return problems
        sales = self._get_oversold_at_tills()
        if sales:
            text = self.env._(
                "Tills sold more than was left; orders of this shop wait for goods:\n"
                "%(sales)s",
                sales=sales._get_cause_text(),
            )
            problems.append(("till", WARNING, text))
        return problems

    def _get_oversold_at_tills(self):
        """Recent sales at tills of products that this shop shows and of which more is
        promised than there is."""
        self.ensure_one()
        lines = self.env["pos.order.line"]
        sold = lines._get_recent_products(self.company_id)
        if not sold:
            return lines
        groups = self.env["channel.listing"]._read_group(
            [
                ("channel_id", "=", self.id),
                ("state", "=", "matched"),
                ("product_id", "in", sold.ids),
            ],
            ["product_id"],
        )
        products = self.env["product.product"].union(*(product for [product] in groups))
        if not products:
            return lines
        publisher = self.env["channel.stock.publisher"]
        warehouses = publisher._get_warehouses(self.company_id) | self.warehouse_id
        left = products._get_available_to_promise(warehouses)
        over = products.filtered(lambda one: one.uom_id.compare(left[one.id], 0.0) < 0)
        return lines._get_recent_sales(over) if over else lines
