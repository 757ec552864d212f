# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderFairShare(models.Model):
    """One sharing of scarce goods among the orders that wait for them.

    It is computed first, as often as people like, and changes nothing until it is
    applied: then each order line gets its approved quantity, with the reason.
    """

    _name = "order.fair.share"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Fair Share"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("planned", "cancelled"),
        "planned": ("draft", "applied", "cancelled"),
    }

    name = fields.Char(
        required=True,
        default=lambda self: self.env._(
            "Fair share of %(day)s", day=fields.Date.context_today(self)
        ),
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Where the goods are. Without one: all warehouses of the company.",
    )
    policy = fields.Selection(
        [
            ("first", "Who paid first"),
            ("class", "By class of customer"),
            ("pro_rata", "Everybody pro rata"),
        ],
        required=True,
        default="pro_rata",
        help="Who paid first: each gets all there is left, unpaid orders come last by "
        "their date. By class: classes in turn, pro rata inside one. Pro rata: packs "
        "that do not come out even go to the largest remainders.",
    )
    weight_by = fields.Selection(
        [("ordered", "What was ordered"), ("quota", "The customers' quotas")],
        "Pro Rata To",
        required=True,
        default="ordered",
    )
    include_confirmed = fields.Boolean(
        "Confirmed Orders Too",
        help="Also share what confirmed orders wait for; what has left stays theirs.",
    )
    class_ids = fields.One2many("order.fair.share.class", "share_id", "Classes")
    product_ids = fields.One2many("order.fair.share.product", "share_id", "Products")
    line_ids = fields.One2many("order.fair.share.line", "share_id", "Shares")
    order_count = fields.Integer("Orders", compute="_compute_totals")
    cut_count = fields.Integer("Lines Cut", compute="_compute_totals")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Computed"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )

    @api.depends("line_ids.share_qty")
    def _compute_totals(self):
        for share in self:
            lines = share.line_ids
            share.order_count = len(lines.order_id)
            share.cut_count = len(lines.filtered(lambda line: line.cut_qty > 0))

    def action_find_scarce(self):
        """Add the products of which waiting orders want more than there is.

        :raises UserError: there is no such product
        """
        self.ensure_one()
        self._check_open()
        claims = self._find_sale_lines()
        wanted = {}
        for line in claims:
            product = line.product_id
            wanted[product] = wanted.get(product, 0.0) + self._get_open_qty(line)
        supply = self._get_supply(self.env["product.product"].union(*wanted), claims)
        known = self.product_ids.product_id
        scarce = [
            product
            for product, quantity in wanted.items()
            if product not in known
            and product.uom_id.compare(quantity, supply[product]) > 0
        ]
        if not scarce and not known:
            raise UserError(
                self.env._(
                    "No product is scarce: there is enough for every order that waits."
                )
            )
        self.product_ids = [
            fields.Command.create({"product_id": product.id}) for product in scarce
        ]
        return True

    def action_compute(self):
        """Share out on paper: nothing changes but this document. Repeatable.

        :raises UserError: no products
        """
        self.ensure_one()
        self._check_open()
        if not self.product_ids:
            raise UserError(
                self.env._("Choose the scarce products first, or have them found.")
            )
        self.product_ids._refresh_supply()
        self.line_ids.unlink()
        self.env["order.fair.share.line"].create(
            [vals for row in self.product_ids for vals in row._prepare_shares()]
        )
        self._transition("planned")
        return True

    def action_apply(self):
        """Give each order line its share as the approved quantity, with the reason.

        :raises AccessError: not a reviewer
        :raises UserError: an order changed since the shares were computed
        """
        self.ensure_one()
        self.env["sale.order"]._check_reviewer()
        if self.state == "applied":
            return True
        self._claim_goods()
        self.line_ids._check_unchanged()
        self.line_ids._apply()
        self.sudo()._transition("applied")
        return True

    def action_reset(self):
        """Back to the choice of products."""
        self._transition("draft")
        return True

    def action_cancel(self):
        """Leave it; nothing was changed."""
        self._transition("cancelled")
        return True

    def action_view_orders(self):
        """Open the orders that take part."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        orders = self.line_ids.order_id
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    def action_view_lines(self):
        """Open the shares as a list to filter, group and sum up."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_fair_share_line_action"
        )
        return {**action, "domain": [("share_id", "in", self.ids)], "context": {}}

    def _check_open(self):
        if self.state not in ("draft", "planned"):
            raise UserError(
                self.env._(
                    "“%(share)s” is done. Make a new one: it sees what there is now.",
                    share=self.name,
                )
            )

    def _get_lines_domain(self):
        """Order lines that may take part."""
        waiting = [
            ("order_id.state", "in", ("draft", "sent")),
            ("order_id.approval_state", "=", "to_approve"),
        ]
        domain = fields.Domain(waiting)
        if self.include_confirmed:
            domain |= fields.Domain("order_id.state", "=", "sale")
        domain &= fields.Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("approval_mode", "=", "explicit"),
                ("display_type", "=", False),
                ("product_id.type", "=", "consu"),
                ("product_uom_qty", ">", 0),
            ]
        )
        if self.warehouse_id:
            domain &= fields.Domain(
                "order_id.warehouse_id", "in", (self.warehouse_id.id, False)
            )
        return domain

    def _find_sale_lines(self, products=None):
        domain = self._get_lines_domain()
        if products is not None:
            domain &= fields.Domain("product_id", "in", products.ids)
        lines = self.env["sale.order.line"].search(domain, order="id")
        return lines.filtered(lambda line: self._get_open_qty(line) > 0)

    @api.model
    def _get_open_qty(self, line):
        """What an order line still waits for, in the product's unit."""
        quantity = line.product_uom_qty - max(line.net_shipped_qty, 0.0)
        return line.product_uom_id._compute_quantity(
            quantity, line.product_id.uom_id, round=False
        )
