# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderQuota(models.Model):
    """A limit on what may be ordered by somebody, of something, in one period.

    The counters are changed by ``order.quota.move`` only; they always equal the sums
    of the moves.
    """

    _name = "order.quota"
    _inherit = ["order.state.mixin"]
    _description = "Order Quota"
    _order = "date_from desc, name, id"
    _check_company_auto = True

    _TRANSITIONS = {"draft": ("active",), "active": ("closed",), "closed": ("active",)}
    #: what is counted: fixed once something has been counted
    _MEANING_FIELDS = frozenset(
        (
            "company_id",
            "scope_type",
            "channel_id",
            "partner_id",
            "partner_category_id",
            "country_state_id",
            "product_scope",
            "categ_id",
            "product_id",
            "measure",
            "uom_id",
            "currency_id",
        )
    )
    _COUNTER_FIELDS = frozenset(("held_qty", "consumed_qty", "remaining_qty"))

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    scope_type = fields.Selection(
        [
            ("company", "Whole company"),
            ("channel", "Channel"),
            ("customer", "Customer"),
            ("customer_tag", "Customer tag"),
            ("country_state", "State or province"),
        ],
        "For",
        required=True,
        default="company",
        help="Whose orders count.",
    )
    channel_id = fields.Many2one(
        "sale.channel", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The company or person; orders of its contacts count too.",
    )
    partner_category_id = fields.Many2one(
        "res.partner.category", "Customer Tag", ondelete="restrict"
    )
    country_state_id = fields.Many2one(
        "res.country.state", "State or Province", ondelete="restrict"
    )
    scope_name = fields.Char("Whose Orders", compute="_compute_scope_name")
    product_name = fields.Char("Which Products", compute="_compute_product_name")
    scope_key = fields.Char(compute="_compute_scope_key", store=True, precompute=True)
    product_scope = fields.Selection(
        [("all", "All products"), ("category", "Category"), ("product", "Product")],
        "Of",
        required=True,
        default="all",
        help="Which products count.",
    )
    categ_id = fields.Many2one("product.category", "Category", ondelete="restrict")
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    product_key = fields.Char(
        compute="_compute_product_key", store=True, precompute=True
    )
    measure = fields.Selection(
        [("quantity", "Quantity"), ("amount", "Amount"), ("orders", "Orders")],
        "Counted In",
        required=True,
        default="quantity",
        help="Amounts are without tax.",
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    limit_qty = fields.Float(
        "Limit",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        default=0.0,
    )
    held_qty = fields.Float(
        "Held",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
        copy=False,
        help="Kept for orders that wait for their confirmation.",
    )
    consumed_qty = fields.Float(
        "Consumed",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
        copy=False,
        help="Used by confirmed orders.",
    )
    remaining_qty = fields.Float(
        "Remaining",
        digits=0,
        min_display_digits="Product Unit",
        compute="_compute_remaining_qty",
        store=True,
        help="Limit less held less consumed; below zero where the policy allows it.",
    )
    used_percent = fields.Float(
        "Used", compute="_compute_used_percent", aggregator=False
    )
    policy = fields.Selection(
        [
            ("block", "Never above the limit"),
            ("approval", "Above the limit with approval"),
            ("warn", "Warn above the limit"),
        ],
        required=True,
        default="block",
    )
    carry_over_percent = fields.Float(
        "Carry Over (%)",
        digits=(5, 2),
        help="Share of an unused rest that belongs to the next period.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    move_ids = fields.One2many("order.quota.move", "quota_id", "Movements")
    move_count = fields.Integer(compute="_compute_move_count")

    _scope_check = models.Constraint(
        "CHECK ((scope_type = 'channel') = (channel_id IS NOT NULL)"
        " AND (scope_type = 'customer') = (partner_id IS NOT NULL)"
        " AND (scope_type = 'customer_tag') = (partner_category_id IS NOT NULL)"
        " AND (scope_type = 'country_state') = (country_state_id IS NOT NULL))",
        "Choose for whom the quota is: exactly the channel, customer, tag or state "
        "that its scope names.",
    )
    _product_scope_check = models.Constraint(
        "CHECK ((product_scope = 'category') = (categ_id IS NOT NULL)"
        " AND (product_scope = 'product') = (product_id IS NOT NULL))",
        "Choose of what the quota is: exactly the category or product that it names.",
    )
    _measure_check = models.Constraint(
        "CHECK ((measure <> 'quantity' OR uom_id IS NOT NULL)"
        " AND (measure <> 'amount' OR currency_id IS NOT NULL))",
        "A quota counted in quantity needs a unit, one counted in money a currency.",
    )
    _counters_check = models.Constraint(
        "CHECK (limit_qty >= 0 AND held_qty >= 0 AND consumed_qty >= 0)",
        "Limit, held and consumed quantities of a quota are never below zero.",
    )
    _limit_check = models.Constraint(
        "CHECK (policy <> 'block' OR held_qty + consumed_qty <= limit_qty)",
        "This quota may not be overrun: less is left than what is asked for.",
    )
    _carry_over_check = models.Constraint(
        "CHECK (carry_over_percent BETWEEN 0 AND 100)",
        "The share carried over is between 0 and 100 %.",
    )
    _active_uniq = models.UniqueIndex(
        "(company_id, scope_key, product_key, measure, period_type, date_from, date_to)"
        " WHERE state = 'active'",
        "There is an active quota for the same customers, products, measure and "
        "period. Change that one, or close it first.",
    )

    @api.depends(lambda self: ["scope_type", *self._get_scope_fields().values()])
    def _compute_scope_key(self):
        scope_fields = self._get_scope_fields()
        for quota in self:
            field = scope_fields.get(quota.scope_type)
            scope = quota[field]._origin.id if field else ""
            quota.scope_key = f"{quota.scope_type}:{scope}"

    @api.depends("product_scope", "categ_id", "product_id")
    def _compute_product_key(self):
        for quota in self:
            target = quota.product_id if quota.product_scope == "product" else None
            if quota.product_scope == "category":
                target = quota.categ_id
            quota.product_key = (
                f"{quota.product_scope}:{target._origin.id if target else ''}"
            )

    @api.depends("scope_key")
    @api.depends_context("lang")
    def _compute_scope_name(self):
        scope_fields = self._get_scope_fields()
        labels = dict(self._fields["scope_type"]._description_selection(self.env))
        for quota in self:
            field = scope_fields.get(quota.scope_type)
            name = quota[field].display_name if field else False
            quota.scope_name = name or labels.get(quota.scope_type)

    @api.depends("product_key")
    @api.depends_context("lang")
    def _compute_product_name(self):
        labels = dict(self._fields["product_scope"]._description_selection(self.env))
        for quota in self:
            target = quota.product_id or quota.categ_id
            quota.product_name = target.display_name or labels.get(quota.product_scope)

    @api.depends("measure", "product_id")
    def _compute_uom_id(self):
        unit = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        for quota in self:
            if quota.measure != "quantity":
                quota.uom_id = False
            elif quota.product_id and quota.uom_id != quota.product_id.uom_id:
                quota.uom_id = quota.product_id.uom_id
            else:
                quota.uom_id = quota.uom_id or unit

    @api.depends("measure", "company_id")
    def _compute_currency_id(self):
        for quota in self:
            if quota.measure != "amount":
                quota.currency_id = False
            else:
                quota.currency_id = quota.currency_id or quota.company_id.currency_id

    @api.depends("limit_qty", "held_qty", "consumed_qty")
    def _compute_remaining_qty(self):
        for quota in self:
            quota.remaining_qty = quota.limit_qty - quota.held_qty - quota.consumed_qty

    @api.depends("limit_qty", "held_qty", "consumed_qty")
    def _compute_used_percent(self):
        for quota in self:
            used = quota.held_qty + quota.consumed_qty
            quota.used_percent = (
                100 * used / quota.limit_qty if quota.limit_qty else 100.0 * bool(used)
            )

    def _compute_move_count(self):
        counts = dict(
            self.env["order.quota.move"]._read_group(
                [("quota_id", "in", self.ids)], ["quota_id"], ["__count"]
            )
        )
        for quota in self:
            quota.move_count = counts.get(quota._origin, 0)

    @api.onchange("scope_type")
    def _onchange_scope_type(self):
        for scope_type, field in self._get_scope_fields().items():
            if scope_type != self.scope_type:
                self[field] = False

    @api.onchange("product_scope")
    def _onchange_product_scope(self):
        if self.product_scope != "category":
            self.categ_id = False
        if self.product_scope != "product":
            self.product_id = False

    @api.model_create_multi
    def create(self, vals_list):
        """Make quotas; counters begin at zero.

        :raises UserError: when ``vals_list`` brings counters of its own
        """
        for vals in vals_list:
            self._check_counters_untouched({k: v for k, v in vals.items() if v})
        return super().create(vals_list)

    def write(self, vals):
        """Change quotas, but for counters, and for the meaning of counted ones.

        :raises UserError: when ``vals`` has a counter, or changes what is counted
            after something was counted
        """
        self._check_counters_untouched(vals)
        if self._MEANING_FIELDS.intersection(vals):
            used = self._filter_used()
            if used:
                raise UserError(
                    self.env._(
                        "“%(quota)s” has movements, so what it counts is fixed. "
                        "Close it and make a new quota; its limit and dates may "
                        "still change.",
                        quota=used[0].name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda q: q.state != "draft") | self._filter_used()
        if used:
            raise UserError(
                self.env._(
                    "“%(quota)s” is in use or has movements and stays as history. "
                    "Close it instead.",
                    quota=used[0].name,
                )
            )

    def action_activate(self):
        """Let these quotas count from now on."""
        self.check_access("write")
        self._transition("active")
        return True

    def action_close(self):
        """End these quotas; nothing more can be counted on them."""
        self.check_access("write")
        self._transition("closed")
        return True

    def action_view_moves(self):
        """Open the movements of these quotas."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_move_action"
        )
        return {**action, "domain": [("quota_id", "in", self.ids)], "context": {}}

    @api.model
    def _get_scope_fields(self):
        """``{scope type: field with its record}``; addons add their own scopes."""
        return {
            "channel": "channel_id",
            "customer": "partner_id",
            "customer_tag": "partner_category_id",
            "country_state": "country_state_id",
        }

    def _filter_used(self):
        """The quotas on which something has been counted."""
        groups = self.env["order.quota.move"]._read_group(
            [("quota_id", "in", self.ids)], ["quota_id"]
        )
        return self.browse(quota.id for (quota,) in groups)

    @api.model
    def _check_counters_untouched(self, vals):
        if self._COUNTER_FIELDS.intersection(vals):
            raise UserError(
                self.env._(
                    "The counters of a quota follow its movements and cannot be "
                    "written. Change the limit instead."
                )
            )
