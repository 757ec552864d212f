# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..publish.rules import Offer, Pool, Rule, publish


class ChannelStockPublisher(models.AbstractModel):
    """Available to sell: what every listing of some products should show.

    Set-based: about ten queries for any number of listings and shops.
    """

    _name = "channel.stock.publisher"
    _description = "Available to Sell"

    @api.model
    def _publish(self, product_ids, rules=None, assume_on=()):
        """What all listings of some products should show, in all shops.

        :param rules: rules to count instead of those in force (to try some out)
        :param assume_on: ids of shops to be looked at as if they were published to
        :return: ``{listing id: Published}``
        """
        rows = self._load_listings(product_ids)
        if not rows:
            return {}
        result = {}
        by_company = defaultdict(list)
        for row in rows:
            by_company[row.company_id].append(row)
        for company_id, own in by_company.items():
            company = self.env["res.company"].browse(company_id)
            result |= self._publish_company(company, own, rules, set(assume_on))
        return result

    @api.model
    def _publish_company(self, company, rows, rules, assume_on):
        product_ids = sorted({row.product_id for row in rows})
        warehouses = self._get_warehouses(company)
        if rules is None:
            rules = self._load_rules(company, product_ids)
        else:
            rules = rules.filtered(lambda rule: rule.company_id == company)
        choose = self._get_chooser(rules, frozenset(warehouses.ids))
        used = warehouses | rules.warehouse_ids
        products = self.env["product.product"].browse(product_ids)
        there = products._get_available_to_promise_by_warehouse(used)
        pools, ranks = self._get_pools(rules, rows, frozenset(warehouses.ids))
        by_product = defaultdict(list)
        for row in rows:
            rule, pool = choose(row)
            by_product[row.product_id].append(
                Offer(
                    row.id,
                    (*ranks[row.channel_id], row.id),
                    rule,
                    row.factor,
                    pool,
                    row.written or (row.writable and row.channel_id in assume_on),
                )
            )
        result = {}
        for product_id, offers in by_product.items():
            result |= publish(
                _Available(there, product_id),
                offers,
                pools.get(product_id, ()),
                company.channel_last_units,
            )
        return result

    @api.model
    def _get_warehouses(self, company):
        """Whose stock is shown where a rule names none."""
        return self.env["stock.warehouse"].search(
            [("company_id", "=", company.id), ("is_channel_stock", "=", False)]
        )

    @api.model
    def _load_listings(self, product_ids):
        """One row a matched listing of these products."""
        listing = self.env["channel.listing"]
        listing.flush_model()
        self.env["sale.channel"].flush_model()
        return [
            _Row(*row)
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT listing.id, listing.product_id, listing.channel_id,
                           channel.company_id, template.categ_id, listing.factor,
                           channel.sequence, %s AS writable,
                           %s AS is_published
                    FROM channel_listing listing
                    JOIN sale_channel channel ON channel.id = listing.channel_id
                    JOIN product_product product ON product.id = listing.product_id
                    JOIN product_template template
                        ON template.id = product.product_tmpl_id
                    WHERE listing.product_id = ANY(%s) AND listing.active
                      AND listing.state = 'matched' AND channel.active
                    ORDER BY listing.id
                    """,
                    self._sql_is_writable(),
                    self._sql_is_published(),
                    list(product_ids),
                    to_flush=self.env["product.template"]._fields["categ_id"],
                )
            )
        ]

    @api.model
    def _sql_is_writable(self):
        """Hook: whether the stock of a listing may be written at all."""
        return SQL(
            "listing.tracked AND NOT COALESCE(listing.fulfilled_by_channel, FALSE)"
            " AND listing.missing_since IS NULL"
        )

    @api.model
    def _sql_is_published(self):
        """Hook: whether the shop takes part."""
        return SQL("COALESCE(channel.stock_is_published, FALSE)")

    @api.model
    def _load_rules(self, company, product_ids):
        """Rules in force that may count for these products."""
        now = fields.Datetime.now()
        rules = self.env["channel.publish.rule"].search(
            [
                ("company_id", "=", company.id),
                "|",
                ("date_start", "=", False),
                ("date_start", "<=", now),
                "|",
                ("date_end", "=", False),
                ("date_end", ">", now),
                "|",
                ("level", "in", ("category", "shop", "company")),
                "|",
                ("product_id", "in", product_ids),
                ("listing_id.product_id", "in", product_ids),
            ]
        )
        return rules

    @api.model
    def _get_chooser(self, rules, warehouses):
        """Function: row -> (its rule, its pool or None)."""
        by_scope = self._index_rules(rules, warehouses)
        default = Rule(ref=0, warehouses=warehouses)
        parents = self._load_categories(rules)
        general = {}

        def choose_general(row):
            # category and shop, the same for thousands of listings
            for categ_id in parents.get(row.categ_id, ()):
                for channel_id in (row.channel_id, 0):
                    if found := by_scope.get(("category", categ_id, channel_id)):
                        return found
            for key in (("shop", 0, row.channel_id), ("company", 0, 0)):
                if found := by_scope.get(key):
                    return found
            return default, None

        def choose(row):
            for key in (
                ("listing", row.id, row.channel_id),
                ("product", row.product_id, row.channel_id),
                ("product", row.product_id, 0),
            ):
                if found := by_scope.get(key):
                    return found
            key = row.channel_id, row.categ_id
            if key not in general:
                general[key] = choose_general(row)
            return general[key]

        return choose

    @api.model
    def _index_rules(self, rules, warehouses):
        """``{(level, id, shop or 0): (rule, pool)}``; dated ones win, the latest."""
        by_scope = {}
        ranked = rules.sorted(
            lambda rule: (
                bool(rule.date_start or rule.date_end),
                rule.date_start or fields.Datetime.from_string("1970-01-01 00:00:00"),
                rule.id,
            )
        )
        for rule in ranked:
            ref = {
                "listing": rule.listing_id,
                "product": rule.product_id,
                "category": rule.categ_id,
            }.get(rule.level)
            key = (rule.level, ref.id if ref else 0, rule.channel_id.id or 0)
            pool = rule.id if rule.is_pool else None
            by_scope[key] = (rule._to_plain(warehouses), pool)
        return by_scope

    @api.model
    def _load_categories(self, rules):
        """``{category: (itself, its parent, ...)}``; nothing without such rules."""
        if not any(rule.level == "category" for rule in rules):
            return {}
        return {
            categ_id: [int(ref) for ref in reversed(path.strip("/").split("/"))]
            for categ_id, path in self.env.execute_query(
                SQL(
                    "SELECT id, parent_path FROM product_category"
                    " WHERE parent_path IS NOT NULL",
                    to_flush=self.env["product.category"]._fields["parent_path"],
                )
            )
        }

    @api.model
    def _get_pools(self, rules, rows, warehouses):
        """``{product id: [Pool]}``, and how the shops are ranked."""
        ranks = {row.channel_id: (row.sequence, row.channel_id) for row in rows}
        pools = defaultdict(list)
        own = rules.filtered("is_pool")
        sold = own._get_pool_sold()
        for rule in own:
            channel = rule.channel_id
            pools[rule._get_products().id].append(
                Pool(
                    rule.id,
                    max(0.0, rule.pool_qty - sold.get(rule.id, 0.0)),
                    (channel.sequence, channel.id, rule.id),
                    frozenset(rule.warehouse_ids.ids) or warehouses,
                )
            )
        return pools, ranks

    @api.model
    def _explain(self, published):
        """The steps of a quantity as sentences, in the user's language."""
        texts = self._get_step_texts()
        return [
            texts[step.code] % {"value": step.value, "left": step.left}
            for step in published.steps
        ]

    @api.model
    def _get_reason_text(self, reason):
        """What made us count again, in the user's language."""
        texts = {
            "stock": self.env._("Goods moved, were asked for or counted"),
            "hold": self.env._("A hold began or ended"),
            "kit": self.env._("A kit is made of other parts"),
            "rule": self.env._("A publish rule began, ended or was changed"),
            "mapping": self.env._("A listing was matched or changed"),
            "product": self.env._("The product's category or unit was changed"),
            "shop": self.env._("A shop began or stopped to take part"),
            "order": self.env._("The shop changed it meanwhile"),
            "drift": self.env._("Corrected after a drift check"),
            "hand": self.env._("Sent again by hand"),
        }
        return texts.get(reason, reason or "")

    @api.model
    def _get_step_texts(self):
        """``{code of a step: sentence}``."""
        return {
            "not_written": self.env._(
                "Nothing is sent: the shop does not take part, does not count stock "
                "here, ships itself, or the listing is gone."
            ),
            "paused": self.env._("The rule shows nothing here."),
            "available": self.env._("%(value)g units can be promised."),
            "aside": self.env._(
                "%(value)g units are set aside for other shops: %(left)g left."
            ),
            "pool": self.env._("%(value)g units are set aside for this shop."),
            "pool_shared": self.env._(
                "%(value)g listings of the shop share them: %(left)g for this one."
            ),
            "end_when": self.env._(
                "No more than %(value)g units: the rule shows nothing then."
            ),
            "buffer": self.env._(
                "%(value)g units are kept back as a buffer: %(left)g left."
            ),
            "share": self.env._("%(value)g %% of it is this shop's share: %(left)g."),
            "factor": self.env._("A piece is %(value)g units: %(left)g pieces."),
            "whole": self.env._("Whole pieces, never below zero: %(left)g."),
            "maximum": self.env._("At most %(value)g pieces are shown."),
            "minimum": self.env._("Fewer than %(value)g pieces are shown as nothing."),
            "last_units": self.env._(
                "The last %(value)g units are shown by the first shop only."
            ),
        }


class _Row:
    """A listing as the query gives it."""

    __slots__ = (
        "categ_id",
        "channel_id",
        "company_id",
        "factor",
        "id",
        "product_id",
        "sequence",
        "writable",
        "written",
    )

    def __init__(
        self,
        listing_id,
        product_id,
        channel_id,
        company_id,
        categ_id,
        factor,
        sequence,
        writable,
        is_published,
    ):
        self.id, self.product_id, self.channel_id = listing_id, product_id, channel_id
        self.company_id, self.categ_id = company_id, categ_id
        self.factor, self.sequence = float(factor), sequence or 0
        self.writable = bool(writable)
        self.written = self.writable and bool(is_published)


class _Available:
    """What can be promised of one product, by sets of warehouses."""

    __slots__ = ("_known", "_product_id", "_there")

    def __init__(self, there, product_id):
        self._there, self._product_id, self._known = there, product_id, {}

    def __call__(self, warehouses):
        known = self._known.get(warehouses)
        if known is None:
            known = self._known[warehouses] = sum(
                self._there.get((self._product_id, one), 0.0) for one in warehouses
            )
        return known
