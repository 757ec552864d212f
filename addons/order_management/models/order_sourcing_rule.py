# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.fields import Command
from odoo.tools.misc import formatLang


class OrderSourcingRule(models.Model):
    """Which warehouses serve which orders, and what is preferred.

    The rules that are about an order are tried in turn; the first that finds
    warehouses for it decides. Where none does, the order waits for a person.
    """

    _name = "order.sourcing.rule"
    _inherit = [
        "order.cached.mixin",
        "order.rule.place.mixin",
        "order.rule.domain.mixin",
        "mail.thread",
    ]
    _description = "Sourcing Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)

    # which orders
    product_ids = fields.Many2many(
        "product.product", string="Products", help="Orders with one of these."
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Orders with a product of one of these or of a category below.",
    )
    amount_from = fields.Monetary(tracking=True)
    amount_to = fields.Monetary(tracking=True)
    promise_days = fields.Integer(
        "Promised Within Days",
        help="Orders that have to leave in so many days from today; 0: every order.",
    )
    priority_from = fields.Selection(
        [("0", "Any"), ("1", "High"), ("2", "Urgent")],
        "Priority At Least",
        default="0",
        required=True,
    )

    # from where
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        tracking=True,
        help="Empty: all warehouses of the company.",
    )
    needs_carrier = fields.Boolean(
        "A Carrier Must Go There",
        help="Only warehouses where a delivery method that goes to the address fetches "
        "parcels.",
    )
    max_distance = fields.Float(
        "At Most Kilometres", help="Straight distance; 0: no limit."
    )
    keep_back_qty = fields.Float(
        "Stock Kept Back",
        digits="Product Unit",
        help="Quantity of each product that this rule leaves in each warehouse.",
    )

    # what is best
    criterion_ids = fields.One2many(
        "order.sourcing.criterion",
        "rule_id",
        "Sort By",
        copy=True,
        default=lambda self: self._default_criterion_ids(),
    )
    max_warehouses = fields.Integer(
        default=2,
        required=True,
        tracking=True,
        help="From how many warehouses an order may come, 1 to 3.",
    )
    splits_lines = fields.Boolean(
        "One Line from Several Warehouses",
        tracking=True,
        help="Ten pieces may come as six from here and four from there.",
    )
    allows_partial = fields.Boolean(
        "Ship a Part Where Not All Is There",
        tracking=True,
        help="What is there is sent, the rest waits in the warehouse that sends most.",
    )
    min_part_value = fields.Monetary(
        "Part and Rest Worth At Least",
        tracking=True,
        help="In the company's currency: below, the order waits as a whole.",
    )
    summary = fields.Text("In Words", compute="_compute_summary")
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    _max_warehouses_check = models.Constraint(
        "CHECK (max_warehouses BETWEEN 1 AND 3)",
        "An order comes from one to three warehouses.",
    )
    _figures_check = models.Constraint(
        "CHECK (keep_back_qty >= 0 AND max_distance >= 0 AND min_part_value >= 0"
        " AND amount_from >= 0 AND amount_to >= 0 AND promise_days >= 0)",
        "The figures of a rule cannot be below zero.",
    )
    _amounts_check = models.Constraint(
        "CHECK (COALESCE(amount_to, 0) = 0 OR amount_to >= COALESCE(amount_from, 0))",
        "The amounts of a rule are the wrong way round.",
    )

    @api.model
    def _default_criterion_ids(self):
        kinds = ("parcels", "distance", "cost")
        return [
            Command.create({"kind": kind, "sequence": 10 * place})
            for place, kind in enumerate(kinds, start=1)
        ]

    @api.depends(
        "allows_partial",
        "amount_from",
        "amount_to",
        "channel_ids",
        "country_ids",
        "criterion_ids.kind",
        "criterion_ids.sequence",
        "max_warehouses",
        "splits_lines",
        "warehouse_ids",
        "zip_prefixes",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for rule in self:
            rule.summary = rule._get_summary()

    def _get_summary(self):
        """The rule as a sentence for people."""
        self.ensure_one()
        names = self._get_filter_names()
        who = self.env._("Orders of %(filters)s", filters=", ".join(names))
        if not names:
            who = self.env._("Every order")
        houses = ", ".join(self.warehouse_ids.mapped("name"))
        kinds = dict(
            self.env["order.sourcing.criterion"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        sorts = [kinds[row.kind].lower() for row in self.criterion_ids if row.kind]
        return self.env._(
            "%(who)s: from %(houses)s, at most %(count)s at once; %(sorts)s",
            who=who,
            houses=houses or self.env._("any warehouse"),
            count=self.max_warehouses,
            sorts=", ".join(sorts) or self.env._("order of the warehouses"),
        )

    def _get_filter_names(self):
        names = []
        for field in ("channel_ids", "country_ids", "state_ids", "categ_ids"):
            names += self[field].mapped("display_name")
        names += self.product_ids.mapped("display_name")
        if self.zip_prefixes:
            names.append(self.env._("zip %(codes)s…", codes=self.zip_prefixes))
        if self.amount_from:
            names.append(f"≥ {self._format_amount(self.amount_from)}")
        if self.amount_to:
            names.append(f"≤ {self._format_amount(self.amount_to)}")
        return names

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("sourcing_rule_id", "in", self._origin.ids)],
                ["sourcing_rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.order_count = counts.get(rule._origin, 0)

    @api.model
    def _is_kept(self, vals):
        """Override: whether a company has rules, see `_has_rules`."""
        return not {"active", "company_id"}.isdisjoint(vals)

    @api.model
    @tools.ormcache("company_id")
    def _has_rules(self, company_id):
        """Whether a company sources by rules at all: otherwise plain Odoo asks nothing
        more than it does without the hub."""
        rules_sudo = self.sudo().with_context(active_test=True)
        return bool(rules_sudo.search_count([("company_id", "=", company_id)], limit=1))

    def action_view_orders(self):
        """Open the orders that this rule decided about."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("sourcing_rule_id", "in", self.ids)],
        }

    def action_dry_run(self):
        """Ask on which past orders the rules of this company are to be tried."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": "order.sourcing.trial",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_rule_ids": self.ids,
                "default_company_id": self[:1].company_id.id or self.env.company.id,
            },
        }
