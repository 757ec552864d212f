# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class OrderBatch(models.Model):
    """A bulk step; here: choosing the warehouses of many orders."""

    _inherit = "order.batch"

    kind = fields.Selection(
        selection_add=[("source", "Choose Warehouses")], ondelete={"source": "cascade"}
    )

    @api.model
    def _get_kind_domain(self, kind):
        """Override: orders that are not chosen for, or wait for somebody."""
        if kind != "source":
            return super()._get_kind_domain(kind)
        fresh = Domain("state", "in", ("draft", "sent"))
        fresh &= Domain("sourcing_state", "not in", ("manual", "ruled"))
        queued = Domain("state", "=", "sale") & Domain("locked", "=", False)
        queued &= Domain("sourcing_state", "in", ("queued", "partial"))
        return fresh | queued

    def _get_finished_text(self):
        """Override: what is said of orders that this step has nothing to do for."""
        if self.kind == "source":
            return self.env._("Its warehouses are chosen already, or it has left.")
        return super()._get_finished_text()

    def _get_skip_text(self, record):
        """Override: confirmed orders and those chosen by hand, or by an order rule, are
        left alone."""
        if self.kind == "source" and not self.undone_batch_id:
            if record.state == "cancel":
                return self.env._("The order is cancelled.")
            return self._get_finished_text()
        return super()._get_skip_text(record)

    def _run_source(self, orders):
        orders.action_source()
        outcomes = {}
        for order in orders:
            outcomes[order.id] = {"message": order._get_sourcing_message()}
            if order.sourcing_state == "queued":
                outcomes[order.id]["state"] = "failed"
        return outcomes
