# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

#: fields of a figure that movements count, without rounding; nobody types it
COUNTER = {
    "digits": 0,
    "min_display_digits": "Product Unit",
    "required": True,
    "default": 0.0,
    "readonly": True,
    "copy": False,
}


class OrderQuota(models.Model):
    """A limit on what may be ordered by somebody, of something, in one period.

    The counters are changed by ``order.quota.move`` only; they always equal the sums
    of the moves.
    """

    _name = "order.quota"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Order Quota"
    _order = "date_from desc, name, id"
    _check_company_auto = True

    _TRANSITIONS = {"draft": ("active",), "active": ("closed",), "closed": ("active",)}
    _COUNTER_FIELDS = frozenset(
        ("held_qty", "consumed_qty", "remaining_qty", "allocated_qty")
    )

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
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
        "Held", **COUNTER, help="Kept for orders that wait for their confirmation."
    )
    consumed_qty = fields.Float("Consumed", **COUNTER, help="Used by confirmed orders.")
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
    give_back = fields.Selection(
        [
            ("never", "Nothing, once confirmed"),
            ("cancel", "Cancelled orders"),
            ("cut", "Cancelled orders and what is cut or closed short"),
            ("return", "All of that, and returned goods"),
        ],
        "Given Back",
        required=True,
        default="cut",
        help="What makes room again after an order was confirmed. What only waits for "
        "its confirmation always does.",
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
    _active_uniq = models.UniqueIndex(
        "(company_id, scope_key, product_key, measure, period_type, date_from, date_to)"
        " WHERE state = 'active'",
        "There is an active quota for the same customers, products, measure and "
        "period. Change that one, or close it first.",
    )
    # what an order meets is looked up by these keys
    _scope_idx = models.Index(
        "(company_id, scope_key, product_key) WHERE state <> 'draft'"
    )

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
        if self._get_meaning_fields().intersection(vals):
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
            self._forget_counting()
        elif "give_back" in vals:
            self._forget_counting()
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
    def _get_meaning_fields(self):
        """Fields that say what is counted: fixed once something has been counted."""
        return frozenset(
            (
                "company_id",
                "scope_type",
                *self._get_scope_fields().values(),
                "product_scope",
                "categ_id",
                "product_id",
                "measure",
                "uom_id",
                "currency_id",
            )
        )

    def _after_active(self):
        """Hook of the state: the quotas count from now on."""
        self._forget_counting()
        self._count_existing()

    def _after_closed(self):
        """Hook of the state: only what was counted can still be given back."""
        self._forget_counting()

    @api.model
    def _forget_counting(self):
        """What is kept between requests of what quotas count has changed.

        Once more after the commit: until then, a request of another thread may keep
        what it sees, which is how it was before.
        """
        clear = self.env.registry.clear_cache
        clear()
        self.env.cr.postcommit.add(clear)

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
