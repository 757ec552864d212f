# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sale_order_split_by import SPLIT_BY

_OPEN = ("draft", "sent", "sale")


class OrderBatch(models.Model):
    """A bulk step; here: orders split by a property of their lines."""

    _inherit = "order.batch"

    split_by = fields.Selection(SPLIT_BY, readonly=True)
    split_weight = fields.Float("Weight of a Part", readonly=True)

    @api.model
    def start(self, kind, domain, model="sale.order", **options):
        """Override: what orders are split by is an option of this step alone."""
        if kind != "split":
            return super().start(kind, domain, model, **options)
        return self._run_or_start(
            kind,
            self._find(kind, model, domain),
            split_by=options.get("split_by") or "availability",
            split_weight=options.get("split_weight") or 0.0,
        )

    @api.model
    def _get_kind_domain(self, kind):
        """Override: orders that can be split."""
        if kind != "split":
            return super()._get_kind_domain(kind)
        return (
            Domain("state", "in", _OPEN)
            & Domain("locked", "=", False)
            & Domain("approval_state", "!=", "to_approve")
        )

    def _get_undo_domain(self, kind):
        """Override: orders whose parts may come back."""
        if kind != "split":
            return super()._get_undo_domain(kind)
        return Domain("split_child_ids.state", "in", _OPEN)

    def _run_split(self, orders):
        """Split those that fall into parts; the others are left alone."""
        orders._check_split_right()
        groups = orders._get_split_groups(self.split_by, self.split_weight)
        plans = {order: parts for order, parts in groups.items() if parts}
        outcomes = {}
        for order in orders:
            if order not in plans:
                text = self.env._("It is one part already.")
                outcomes[order.id] = {"state": "skipped", "message": text}
        if plans:
            orders._split_each(plans, orders._get_split_reason(self.split_by))
        for order in plans:
            names = ", ".join(order.split_child_ids.mapped("name"))
            outcomes[order.id] = {
                "message": self.env._("Parts: %(names)s", names=names)
            }
        return outcomes

    def _run_undo_split(self, orders):
        parts = orders.split_child_ids.filtered(lambda part: part.state != "cancel")
        for order in orders - parts.split_parent_id:
            raise UserError(
                self.env._("%(order)s has no parts.", order=order.display_name)
            )
        parts._undo_split()
