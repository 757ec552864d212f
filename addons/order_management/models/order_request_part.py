# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class OrderRequestPart(models.Model):
    """What became of one part of an order whose customer wants its end."""

    _name = "order.request.part"
    _description = "Part of an Order to Be Cancelled"
    _order = "id"
    _rec_name = "order_id"

    request_id = fields.Many2one(
        "order.request", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id")
    order_id = fields.Many2one(
        "sale.order",
        "Part",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    goods = fields.Char(compute="_compute_goods")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("cancelled", "Cancelled"),
            ("left", "Has left already"),
            ("kept", "Goes on"),
        ],
        "Result",
        required=True,
        readonly=True,
        default="waiting",
    )

    _part_uniq = models.UniqueIndex(
        "(request_id, order_id)", "This part is in the request already."
    )

    @api.depends("order_id.order_line.product_uom_qty")
    @api.depends_context("lang")
    def _compute_goods(self):
        for part in self:
            # sudo: who may see the request may know what it is about
            items = part.sudo().order_id._get_tracking_items()
            part.goods = ", ".join(
                f"{item['ordered']} {item['name']}" for item in items
            )

    def _settle(self, rest):
        """Note what became of those of these parts that nothing was decided about.

        :param rest: the state of those that could have ended, and did not
        """
        groups = self.filtered(lambda part: part.state == "waiting").grouped(
            lambda part: part._get_result(rest)
        )
        for state, parts in groups.items():
            if state != "waiting":
                # sudo: results are the system's to write
                parts.sudo().state = state

    def _get_result(self, rest):
        self.ensure_one()
        order_sudo = self.sudo().order_id
        if order_sudo.state == "cancel":
            return "cancelled"
        return "left" if order_sudo._has_left() else rest
