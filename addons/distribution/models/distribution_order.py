# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class DistributionOrder(models.Model):
    """What an outlet or dealer orders from its supplier in the network.

    No order of this company: the supplier's price list, the supplier's stock, and the
    supplier confirms.
    """

    _name = "distribution.order"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Secondary Order"
    _order = "date_order desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "buyer_id.name"]

    _TRANSITIONS = {
        "draft": ("sent", "cancelled"),
        "sent": ("confirmed", "partly", "refused", "draft", "cancelled"),
        "confirmed": ("delivered", "cancelled"),
        "partly": ("delivered", "cancelled"),
        "refused": ("draft",),
        "cancelled": ("draft",),
    }

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    buyer_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The outlet or dealer that buys.",
    )
    supplier_id = fields.Many2one(
        "distribution.member",
        compute="_compute_supplier_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('id', '!=', buyer_id)]",
        help="The member that delivers, by the supply links of the buyer.",
    )
    date_order = fields.Datetime(
        "Order Date", required=True, default=fields.Datetime.now, copy=False
    )
    delivery_date = fields.Date("Wanted On", index=True, copy=False)
    delivered_on = fields.Date(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        "Sales Representative",
        index=True,
        tracking=True,
        check_company=True,
        default=lambda self: self.env.user,
    )
    territory_id = fields.Many2one(
        related="buyer_id.territory_id", store=True, index=True
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        help="Of the supply link, else the supplier's for its customers.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("confirmed", "Confirmed"),
            ("partly", "Partly Confirmed"),
            ("refused", "Refused"),
            ("delivered", "Delivered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "distribution.order.line", "order_id", "Lines", copy=True
    )
    origin_id = fields.Many2one(
        "distribution.order",
        "Split From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    split_ids = fields.One2many("distribution.order", "origin_id", "Split Into")
    refuse_reason = fields.Char(readonly=True, copy=False, tracking=True)
    note = fields.Html()
    amount_untaxed = fields.Monetary(
        "Without Taxes", compute="_compute_amounts", store=True
    )
    amount_tax = fields.Monetary("Taxes", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary(
        "Total", compute="_compute_amounts", store=True, tracking=True
    )
    short_text = fields.Text(
        "Stock Warning",
        compute="_compute_short_text",
        help="What the supplier has less of than the order asks for.",
    )
    ledger_count = fields.Integer(compute="_compute_ledger_count")

    _self_check = models.Constraint(
        "CHECK (supplier_id IS NULL OR supplier_id <> buyer_id)",
        "A member cannot order from itself. Choose another supplier.",
    )

    @api.depends("buyer_id")
    def _compute_supplier_id(self):
        for order in self:
            order.supplier_id = order.buyer_id.sudo().supplier_id

    @api.depends("buyer_id", "supplier_id")
    def _compute_pricelist_id(self):
        links = self.env["distribution.supply.link"].sudo()
        lists = {
            (link.buyer_id.id, link.supplier_id.id): link.secondary_pricelist_id
            for link in links._get_valid(self.buyer_id).sorted("categ_id", reverse=True)
            if link.secondary_pricelist_id
        }
        for order in self:
            key = order.buyer_id._origin.id, order.supplier_id._origin.id
            order.pricelist_id = (
                lists.get(key) or order.supplier_id.sudo().secondary_pricelist_id
            )

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for order in self:
            order.currency_id = (
                order.pricelist_id.currency_id or order.company_id.currency_id
            )

    @api.depends("line_ids.price_subtotal", "line_ids.price_total")
    def _compute_amounts(self):
        for order in self:
            order.amount_untaxed = sum(order.line_ids.mapped("price_subtotal"))
            order.amount_total = sum(order.line_ids.mapped("price_total"))
            order.amount_tax = order.amount_total - order.amount_untaxed

    @api.depends("line_ids.product_qty", "line_ids.product_id", "supplier_id")
    def _compute_short_text(self):
        free = self._get_free_stock()
        for order in self:
            short = []
            if order.state in ("draft", "sent"):
                wanted = order._get_wanted("product_qty")
                short = [
                    self.env["product.product"].browse(product_id).display_name
                    for (member_id, product_id), quantity in wanted.items()
                    if quantity > free.get((member_id, product_id), 0.0)
                ]
            order.short_text = (
                self.env._("Not enough in stock: %(names)s", names=", ".join(short))
                if short and order.company_id.channel_stock_policy != "none"
                else False
            )

    def _compute_ledger_count(self):
        counts = dict(
            self.env["distribution.ledger"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for order in self:
            order.ledger_count = counts.get(order.id, 0)

    def _get_free_stock(self):
        """``{(supplier id, product id): free quantity}`` of these orders' lines."""
        suppliers = self.supplier_id._origin.filtered(lambda m: m.sudo().keeps_stock)
        rows = self.env["distribution.stock"].sudo()
        rows = rows.search(
            [
                ("member_id", "in", suppliers.ids),
                ("product_id", "in", self.line_ids.product_id.ids),
            ]
        )
        return {
            (row.member_id.id, row.product_id.id): row.quantity - row.promised_qty
            for row in rows
        }

    def _get_wanted(self, field):
        """``{(supplier id, product id): quantity}`` of lines in the product's unit."""
        wanted = {}
        for line in self.line_ids:
            supplier = line.order_id.supplier_id._origin
            if not line.product_id or not supplier.sudo().keeps_stock:
                continue
            key = supplier.id, line.product_id._origin.id
            quantity = line._to_product_uom(line[field])
            wanted[key] = wanted.get(key, 0.0) + quantity
        return wanted

    @api.model_create_multi
    def create(self, vals_list):
        """Number orders by their company's sequence."""
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        sent = self.filtered(lambda o: o.state not in ("draft", "cancelled"))
        if sent or any(self.mapped("ledger_count")):
            raise UserError(
                self.env._(
                    "Order %(name)s has been sent and stays as history. Cancel it "
                    "instead.",
                    name=(sent or self)[0].name,
                )
            )

    def action_view_ledger(self):
        """What these orders posted in the channel ledger."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {
            **action,
            "domain": [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            "context": {},
        }

    def action_view_splits(self):
        """The other orders that came of the same one."""
        family = self.origin_id | self.split_ids | self.origin_id.split_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of the Same Visit"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", (self | family).ids)],
        }

    def action_print(self):
        """Print these orders."""
        report = self.env.ref("distribution.distribution_order_report")
        return report.report_action(self)
