# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PosOrderLine(models.Model):
    """A product sold at a till, maybe one that was ordered before."""

    _inherit = "pos.order.line"

    def _get_settled_line(self):
        """The order line under control that this one hands over, or takes back.

        :return: a `sale.order.line`, as superuser (cashiers need no right on orders);
            empty where there is none or nothing is controlled
        """
        self.ensure_one()
        line = self.sale_order_line_id or self.refunded_orderline_id.sale_order_line_id
        line_sudo = line.sudo()
        if line_sudo and not line_sudo.is_downpayment and line_sudo._is_under_ceiling():
            return line_sudo
        return line_sudo.browse()

    def _prepare_procurement_values(self):
        """Override of `point_of_sale`: goods shipped later count for the order, too."""
        values = super()._prepare_procurement_values()
        if line_sudo := self._get_settled_line():
            values["settled_line_id"] = line_sudo.id
        return values
