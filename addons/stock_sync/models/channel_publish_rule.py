# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..publish.rules import LEVELS, Rule


class ChannelPublishRule(models.Model):
    """How much of what can be promised a shop shows.

    The most special rule counts, whole: for a listing, a product, a category, a shop,
    the company. One with dates counts before one without, while it lasts.
    """

    _name = "channel.publish.rule"
    _inherit = ["mail.thread"]
    _description = "Publish Rule"
    _order = "level_rank, channel_id, product_id, categ_id, date_start desc, id"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    channel_id = fields.Many2one(
        "sale.channel",
        "Shop",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: all shops of the company.",
    )
    listing_id = fields.Many2one(
        "channel.listing",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        domain="[('channel_id', '=', channel_id)]",
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        domain=[("is_storable", "=", True)],
    )
    categ_id = fields.Many2one(
        "product.category",
        "Category",
        ondelete="cascade",
        help="With the categories below it.",
    )
    level = fields.Selection(
        [
            ("listing", "One listing"),
            ("product", "Product"),
            ("category", "Category"),
            ("shop", "Shop"),
            ("company", "Everything"),
        ],
        "For",
        compute="_compute_level",
        store=True,
        precompute=True,
    )
    level_rank = fields.Integer(compute="_compute_level", store=True, precompute=True)
    is_paused = fields.Boolean(
        "Show Nothing", tracking=True, help="The shop shows 0, whatever is there."
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        check_company=True,
        domain="[('company_id', '=', company_id), ('is_channel_stock', '=', False)]",
        help="Whose stock is shown. Empty: all of the company, but those that hold "
        "stock at a channel.",
    )
    share = fields.Float(
        "Share (%)",
        default=100.0,
        tracking=True,
        help="Of what is left after the buffer; rounded down to whole pieces.",
    )
    buffer = fields.Float(
        digits="Product Unit",
        tracking=True,
        help="Units that are kept back before anything is shown.",
    )
    end_when = fields.Float(
        digits="Product Unit",
        tracking=True,
        help="Show 0 as soon as no more than so many units are there.",
    )
    maximum = fields.Integer(
        "Show at Most", tracking=True, help="Pieces of the listing. Zero: no limit."
    )
    minimum = fields.Integer(
        "Show at Least",
        tracking=True,
        help="Pieces of the listing. Fewer are shown as 0; more than there is is never "
        "shown.",
    )
    date_start = fields.Datetime("From", tracking=True)
    date_end = fields.Datetime("Until", tracking=True)
    in_force = fields.Boolean(
        readonly=True, copy=False, help="Whether the shops were told of it already."
    )
    note = fields.Char()

    _share_check = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A share is between 0 and 100 percent."
    )
    _figures_check = models.Constraint(
        "CHECK (buffer >= 0 AND end_when >= 0 AND maximum >= 0 AND minimum >= 0"
        " AND pool_qty >= 0)",
        "The figures of a publish rule cannot be below zero.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_start < date_end)",
        "A rule ends after it starts.",
    )
    _scope_uniq = models.UniqueIndex(
        "(company_id, COALESCE(channel_id, 0), COALESCE(listing_id, 0),"
        " COALESCE(product_id, 0), COALESCE(categ_id, 0))"
        " WHERE active AND date_start IS NULL AND date_end IS NULL",
        "There is a rule for this already. Change that one, or give this one dates.",
    )

    @api.depends("listing_id", "product_id", "categ_id", "channel_id")
    def _compute_level(self):
        for rule in self:
            if rule.listing_id:
                rule.level = "listing"
            elif rule.product_id:
                rule.level = "product"
            elif rule.categ_id:
                rule.level = "category"
            else:
                rule.level = "shop" if rule.channel_id else "company"
            rule.level_rank = LEVELS.index(rule.level)

    @api.depends("level", "listing_id", "product_id", "categ_id", "channel_id")
    def _compute_display_name(self):
        for rule in self:
            what = rule.listing_id or rule.product_id or rule.categ_id
            names = [what.display_name or "", rule.channel_id.name or ""]
            rule.display_name = " · ".join(filter(None, names)) or self.env._(
                "All shops of %(company)s", company=rule.company_id.name or ""
            )

    @api.constrains("listing_id", "product_id", "categ_id", "channel_id")
    def _check_scope(self):
        for rule in self:
            if len(list(filter(None, (rule.product_id, rule.categ_id)))) > 1:
                raise ValidationError(
                    self.env._("A rule is for a product or a category, not for both.")
                )
            if rule.listing_id and rule.listing_id.channel_id != rule.channel_id:
                raise ValidationError(
                    self.env._("Choose a listing of the rule's shop, or another shop.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """New rules; shops hear of them with the next flush."""
        rules = super().create(vals_list)
        rules._set_in_force()
        rules._mark_dirty()
        return rules

    def write(self, vals):
        """Change rules; shops hear of it with the next flush."""
        if not {"message_follower_ids", "message_ids"}.issuperset(vals):
            self._mark_dirty()
        result = super().write(vals)
        if "in_force" not in vals:
            self._set_in_force()
        self._mark_dirty()
        return result

    def unlink(self):
        """Forget rules; the next more general one counts."""
        self._mark_dirty()
        return super().unlink()

    def action_view_listings(self):
        """Open the listings that may be concerned."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_listing_action"
        )
        return {**action, "domain": list(self._get_listing_domain()), "context": {}}

    def _get_listing_domain(self):
        """Listings in the scope of this rule; a more special one may count there."""
        self.ensure_one()
        if self.listing_id:
            return Domain("id", "=", self.listing_id.id)
        domain = Domain("company_id", "=", self.company_id.id)
        if self.channel_id:
            domain &= Domain("channel_id", "=", self.channel_id.id)
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        if self.categ_id:
            domain &= Domain("product_id.categ_id", "child_of", self.categ_id.id)
        return domain

    def _get_products(self):
        return self.product_id | self.listing_id.product_id

    def _is_in_force(self, now=None):
        self.ensure_one()
        now = now or fields.Datetime.now()
        return (
            self.active
            and (not self.date_start or self.date_start <= now)
            and (not self.date_end or self.date_end > now)
        )

    def _set_in_force(self):
        now = fields.Datetime.now()
        for rule in self:
            if rule.in_force != rule._is_in_force(now):
                rule.in_force = not rule.in_force

    def _mark_dirty(self):
        """Look again at all listings in the scope of these rules."""
        for rule in self:
            products = rule._get_products()
            dirty = self.env["channel.stock.dirty"]
            if products:
                dirty._collect_products(products.ids, "rule")
            else:
                dirty._insert_scope(rule._get_listing_domain(), "rule")

    @api.model
    def _cron_dates(self):
        """Campaigns and other rules that begin or end: shops are told."""
        now = fields.Datetime.now()
        due = self.search(
            [
                "|",
                "&",
                ("in_force", "=", True),
                ("date_end", "<=", now),
                "&",
                "&",
                ("in_force", "=", False),
                ("date_start", "<=", now),
                "|",
                ("date_end", "=", False),
                ("date_end", ">", now),
            ]
        )
        for rule in due:
            rule.write({"in_force": rule._is_in_force(now)})

    def _to_plain(self, warehouses):
        """The rule for ``publish``; ``warehouses``: those of a rule that names none."""
        self.ensure_one()
        return Rule(
            ref=self.id or 0,
            level=self.level,
            share=self.share,
            buffer=self.buffer,
            end_when=self.end_when,
            maximum=self.maximum or None,
            minimum=self.minimum,
            is_paused=self.is_paused,
            warehouses=frozenset(self.warehouse_ids.ids) or warehouses,
        )

    def action_try(self):
        """Show what this rule changes, with the stock of now; nothing is sent."""
        self.ensure_one()
        trial = self.env["channel.publish.trial"].create({"rule_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Rule Changes"),
            "res_model": trial._name,
            "res_id": trial.id,
            "view_mode": "form",
            "target": "new",
        }
