# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SaleOrder(models.Model):
    """An order, with where it came from and what happened to it."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.event.mixin"]

    sale_channel_id = fields.Many2one(index="btree_not_null", check_company=True)
    channel_number = fields.Char(
        copy=False,
        index="trigram",
        help="The number of the order on its channel, as the buyer knows it.",
    )
    channel_order_ids = fields.One2many(
        "channel.order", "sale_order_id", "Inbox Rows", readonly=True
    )
    channel_order_count = fields.Integer(
        "Inbox Row Count", compute="_compute_channel_order_count"
    )
    event_ids = fields.One2many("order.event", "order_id", "History", readonly=True)
    hold_count = fields.Integer("Active Holds", compute="_compute_hold_count")
    return_count = fields.Integer("Returns", compute="_compute_return_count")

    def _compute_event_count(self):
        """Override of ``order.event.mixin``: count what happened around it, too."""
        counts = self._count_by_order("order.event", "order_id")
        for order in self:
            order.event_count = counts.get(order._origin.id, 0)

    def _compute_channel_order_count(self):
        counts = self._count_by_order("channel.order", "sale_order_id")
        for order in self:
            order.channel_order_count = counts.get(order._origin.id, 0)

    def _compute_hold_count(self):
        counts = self._count_by_order(
            "stock.hold", "order_id", [("state", "=", "active")]
        )
        for order in self:
            order.hold_count = counts.get(order._origin.id, 0)

    def _compute_return_count(self):
        # one return may have several lines of an order, and lines of several orders
        counts = {
            order.id: count
            for order, count in self.env["channel.return.line"]
            .sudo()
            ._read_group(
                [("order_id", "in", self._origin.ids)],
                ["order_id"],
                ["return_id:count_distinct"],
            )
        }
        for order in self:
            order.return_count = counts.get(order._origin.id, 0)

    def action_view_channel_orders(self):
        """Open the inbox rows that these orders came from."""
        rows = self.channel_order_ids
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_action"
        )
        action = {**action, "domain": [("id", "in", rows.ids)], "context": {}}
        if len(rows) == 1:
            form = self.env.ref("order_management.channel_order_view_form")
            action.update(res_id=rows.id, views=[(form.id, "form")])
        return action

    def action_view_holds(self):
        """Open what is held for these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.stock_hold_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def action_view_returns(self):
        """Open the returns of goods of these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_return_action"
        )
        domain = [("line_ids.order_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def _count_by_order(self, model, field, domain=()):
        """``{order id: records}``; who may read an order may know how many."""
        groups = (
            self.env[model]
            .sudo()
            ._read_group(
                [(field, "in", self._origin.ids), *domain], [field], ["__count"]
            )
        )
        return {order.id: count for order, count in groups}

    def _get_event_domain(self):
        """Override of ``order.event.mixin``: also what happened around the order."""
        return [("order_id", "in", self._origin.ids)]

    def _prepare_event_vals(self):
        """Override of ``order.event.mixin``: an order is its own order."""
        return {**super()._prepare_event_vals(), "order_id": self.id}
