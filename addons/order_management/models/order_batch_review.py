# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderBatch(models.Model):
    """A bulk step; here: what the review holds is split off before the others go on."""

    _inherit = "order.batch"

    def _run_submit(self, orders):
        """Override: each held order is reported with its reasons, the clean go on."""
        clean, held = self._split_held(orders)
        outcomes = super()._run_submit(clean._mark_reviewed()) if clean else {}
        return {**(outcomes or {}), **held}

    def _run_confirm(self, orders):
        """Override: as for submitting."""
        clean, held = self._split_held(orders)
        outcomes = super()._run_confirm(clean) if clean else {}
        return {**(outcomes or {}), **held}

    def _split_held(self, orders):
        """:return: what nothing holds, and ``{order id: outcome}`` of the others"""
        orders._classify_once()
        clean = orders._review()
        return clean, {
            order.id: {"state": "failed", "message": order._get_held_message()}
            for order in orders - clean
        }
