# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: what its channel knows as one order, in parts or not."""

    _inherit = "sale.order"

    def _get_channel_root(self):
        """The order that the channel's message became; itself where nothing was
        split."""
        self.ensure_one()
        return self._get_split_root()

    def _get_channel_lines(self):
        """``{the channel's identifier: line}`` of this order and all its parts; of a
        line that was divided the first one."""
        self.ensure_one()
        lines = {}
        for line in self._get_channel_root()._get_split_family().order_line:
            lines.setdefault(line.channel_line_ref, line)
        return lines

    def _has_shipped_all(self):
        """Override: of an order that was split, all parts have."""
        self.ensure_one()
        root = self._get_channel_root()
        parts = root._get_split_family()
        if len(parts) == 1:
            return super()._has_shipped_all()
        # a part of services alone has nothing that leaves
        leaving = parts.filtered(
            lambda part: (
                part.state != "cancel"
                and any(line._is_goods() for line in part.order_line)
            )
        )
        return bool(leaving) and all(
            super(SaleOrder, part)._has_shipped_all() for part in leaving
        )

    def _get_wholly_cancelled(self):
        """These orders as their channels know them, where no part is left open."""
        roots = self.browse({order._get_channel_root().id for order in self})
        return roots.filtered(
            lambda root: all(
                part.state == "cancel" for part in root._get_split_family()
            )
        )
