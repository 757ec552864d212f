# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

#: orders that are looked at in one transaction; they share the stock
_BATCH = 200
_CAME = ("assigned", "done", "cancel")


class SaleOrder(models.Model):
    """An order; here: what no warehouse could serve is tried again when goods came."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_source_again(self):
        """Serve queued orders that can be served now, a batch a transaction.

        One look-up where none waits. Who waits in vain is not written to.
        """
        cron, domain = self.env["ir.cron"], self._get_queued_domain()
        ids = self.search(domain, order="id").ids
        cron._commit_progress(remaining=len(ids))
        for some in split_every(_BATCH, ids):
            orders = self.browse(some).try_lock_for_update()
            orders.filtered_domain(domain)._source_again()
            if not cron._commit_progress(len(some)):
                break

    @api.model
    def _get_queued_domain(self):
        return [
            ("sourcing_state", "=", "queued"),
            ("state", "=", "sale"),
            ("locked", "=", False),
        ]

    def _source_again(self):
        """Choose for those of these orders that wait for goods and can have them."""
        waiting = self.filtered(lambda order: order._is_waiting_for_goods())
        # sudo: who waits for goods need no rights on warehouses and stock
        for company, orders_sudo in waiting.sudo().grouped("company_id").items():
            orders_sudo = orders_sudo.with_company(company)
            plans = self.env["order.sourcing"].sudo()._solve(orders_sudo)
            served = orders_sudo.filtered(
                lambda order, plans=plans: order in plans and plans[order].parts
            )
            served._choose_or_note(self.env._("Goods are there now"))

    def _is_waiting_for_goods(self):
        """Whether something is asked of nobody, or of a warehouse that has it not: what
        came to its own warehouse meanwhile leaves from there."""
        self.ensure_one()
        lines = self.order_line._filter_sourced()
        return any(move.state not in _CAME for move in lines.move_ids) or any(
            line._is_unserved() for line in lines
        )

    def _choose_or_note(self, reason):
        """All together, or one by one: what fails for one stops no other."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._choose_by_rules(reason)
        except UserError as error:
            if len(self) == 1:
                self._log_event("sourcing", reason=str(error))
                return
            for order in self:
                order._choose_or_note(reason)
