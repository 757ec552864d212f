# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.sale_order_split_by import SPLIT_BY


class SaleOrderSplit(models.TransientModel):
    """The question how one order is to be split."""

    _name = "sale.order.split"
    _description = "Split an Order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    split_by = fields.Selection(
        [("hand", "By hand"), *SPLIT_BY], required=True, default="hand"
    )
    max_weight = fields.Float(
        "Weight of a Part",
        digits="Stock Weight",
        help="A part is no heavier than this.",
    )
    reason = fields.Char()
    line_ids = fields.One2many(
        "sale.order.split.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    summary = fields.Text("Parts", compute="_compute_summary")

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard.order_id.order_line.filtered(
                lambda line: line._is_splittable()
            )
            wizard.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id}) for line in lines
            ]

    @api.depends("order_id", "split_by", "max_weight", "line_ids.quantity")
    def _compute_summary(self):
        for wizard in self:
            groups = []
            if wizard.split_by != "weight" or wizard.max_weight > 0:
                groups = wizard._get_groups()
            wizard.summary = "\n".join(
                self.env._(
                    "%(number)s: %(goods)s",
                    number=f"{wizard.order_id.name}-{number}",
                    goods=", ".join(
                        f"{quantity:g} × {line.product_id.display_name}"
                        for line, quantity in group.items()
                    ),
                )
                for number, group in enumerate(
                    groups, len(wizard.order_id.split_child_ids) + 1
                )
            )

    def _get_groups(self):
        """The groups that ``sale.order._split`` takes; empty groups left out."""
        self.ensure_one()
        if self.split_by != "hand":
            groups = self.order_id._get_split_groups(self.split_by, self.max_weight)
            return groups[self.order_id]
        chosen = {
            line.line_id: line.quantity
            for line in self.line_ids
            if line.line_id and line.quantity
        }
        return [chosen] if chosen else []

    def action_split(self):
        """Split the order, and show the parts.

        :raises UserError: nothing chosen, or it cannot be split this way
        """
        self.ensure_one()
        order = self.order_id
        order._check_split_right()
        groups = self._get_groups()
        if not groups and self.split_by == "hand":
            raise UserError(
                self.env._("Enter how much of which line goes to the new order.")
            )
        if not groups:
            raise UserError(
                self.env._(
                    "%(order)s is one part already: nothing to split by that.",
                    order=order.display_name,
                )
            )
        label = dict(self._fields["split_by"]._description_selection(self.env))
        children = order._split(groups, self.reason or label[self.split_by])
        if len(children) == 1:
            return children._get_records_action()
        return order.action_view_split_parts()
