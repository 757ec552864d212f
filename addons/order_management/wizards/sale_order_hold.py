# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderHold(models.TransientModel):
    """The question until when the goods of some quotations are held."""

    _name = "sale.order.hold"
    _description = "Hold Stock of Orders"

    order_ids = fields.Many2many("sale.order", required=True)
    expires_at = fields.Datetime(
        "Until", required=True, default=lambda self: self._default_expires_at()
    )
    is_partial = fields.Boolean(
        "Hold What Is There",
        help="Also a part of a line. Otherwise all lines are held as a whole or, when "
        "something is missing, none.",
    )
    reason = fields.Char()

    @api.model
    def _default_expires_at(self):
        """The company's time from now, or from the end of what is held already."""
        ids = self.env.context.get("default_order_ids") or self.env.context.get(
            "active_ids", []
        )
        orders = self.env["sale.order"].browse(ids)
        ends = [end for end in orders.mapped("held_until") if end]
        hours = (orders.company_id[:1] or self.env.company).hold_hours
        return max([fields.Datetime.now(), *ends]) + timedelta(hours=hours)

    @api.model
    def default_get(self, fields):
        """From the list: the selected orders."""
        values = super().default_get(fields)
        if "order_ids" in fields and not values.get("order_ids"):
            values["order_ids"] = self.env.context.get("active_ids", [])
        return values

    def action_hold(self):
        """Hold the goods, or move the end of what is held.

        :raises UserError: an order that is no quotation, an end in the past, nothing to
            hold, or goods that are not there
        """
        self.ensure_one()
        orders = self.order_ids
        orders.check_access("write")
        orders._check_hold_allowed()
        if self.expires_at <= fields.Datetime.now():
            raise UserError(
                self.env._("This moment has passed. Choose an end in the future.")
            )
        missing = orders._hold(
            self.expires_at, partial=self.is_partial, reason=self.reason
        )
        if missing and not self.is_partial:
            raise UserError(self._get_missing_text(missing))
        if not orders.hold_ids.filtered(lambda hold: hold.state == "active"):
            raise UserError(
                self.env._(
                    "Nothing of these orders can be held: their products are not "
                    "counted in stock, made to order, or not there."
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _get_missing_text(self, missing):
        rows = [
            self.env._(
                "%(order)s: %(quantity)g %(unit)s of %(product)s",
                order=line.order_id.name,
                quantity=round(quantity, 6),
                unit=product.uom_id.name,
                product=product.display_name,
            )
            for line, quantities in missing.items()
            for product, quantity in quantities.items()
        ]
        return self.env._(
            "Nothing was held, since there is not enough. Missing:\n%(rows)s\nLower "
            "the quantities, choose another warehouse, or hold what is there.",
            rows="\n".join(rows[:10]),
        )
