# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class OrderQuota(models.Model):
    """A quota; here: whose orders it counts, and of which products."""

    _inherit = "order.quota"

    scope_type = fields.Selection(
        [
            ("company", "Whole company"),
            ("channel", "Channel"),
            ("customer", "Customer"),
            ("customer_tag", "Customer tag"),
            ("country_state", "State or province"),
            ("country_group", "Group of countries"),
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
    country_group_id = fields.Many2one("res.country.group", ondelete="restrict")
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

    _scope_check = models.Constraint(
        "CHECK ((scope_type = 'channel') = (channel_id IS NOT NULL)"
        " AND (scope_type = 'customer') = (partner_id IS NOT NULL)"
        " AND (scope_type = 'customer_tag') = (partner_category_id IS NOT NULL)"
        " AND (scope_type = 'country_state') = (country_state_id IS NOT NULL)"
        " AND (scope_type = 'country_group') = (country_group_id IS NOT NULL))",
        "Choose for whom the quota is: exactly the channel, customer, tag, state or "
        "country group that its scope names.",
    )
    _product_scope_check = models.Constraint(
        "CHECK ((product_scope = 'category') = (categ_id IS NOT NULL)"
        " AND (product_scope = 'product') = (product_id IS NOT NULL))",
        "Choose of what the quota is: exactly the category or product that it names.",
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

    @api.model
    def _get_scope_fields(self):
        """``{scope type: field with its record}``; addons add their own scopes."""
        return {
            "channel": "channel_id",
            "customer": "partner_id",
            "customer_tag": "partner_category_id",
            "country_state": "country_state_id",
            "country_group": "country_group_id",
        }

    @api.model
    def _get_scope_queries(self):
        """``{scope type: SQL}``: which scope keys an order belongs to.

        Each query selects ``(key, scope_key)`` from the relation ``demand`` with the
        columns ``key, company_id, channel_id, partner_id, shipping_id``; a scope key is
        ``<scope type>:<record id>``. Addons add their own scopes.
        """
        return {
            "company": SQL("SELECT key, 'company:' FROM demand"),
            "channel": SQL(
                "SELECT key, 'channel:' || channel_id FROM demand"
                " WHERE channel_id IS NOT NULL"
            ),
            # the order's contact, the company it belongs to and what lies between
            "customer": SQL(
                "SELECT d.key, 'customer:' || own.id FROM demand d"
                " JOIN res_partner p ON p.id = d.partner_id"
                " CROSS JOIN LATERAL (SELECT DISTINCT unnest("
                "  ARRAY[p.id, p.parent_id, p.commercial_partner_id]) AS id) own"
                " WHERE own.id IS NOT NULL"
            ),
            # a quota of a tag counts the tags below it
            "customer_tag": SQL(
                "SELECT DISTINCT d.key, 'customer_tag:' || above.id FROM demand d"
                " JOIN res_partner p ON p.id = d.partner_id"
                " JOIN res_partner_res_partner_category_rel r"
                "  ON r.partner_id IN (p.id, p.commercial_partner_id)"
                " JOIN res_partner_category c ON c.id = r.category_id"
                " CROSS JOIN LATERAL"
                "  unnest(string_to_array(rtrim(c.parent_path, '/'), '/')) AS above(id)"
            ),
            "country_state": SQL(
                "SELECT d.key, 'country_state:' || p.state_id FROM demand d"
                " JOIN res_partner p ON p.id = d.shipping_id"
                " WHERE p.state_id IS NOT NULL"
            ),
            "country_group": SQL(
                "SELECT d.key, 'country_group:' || r.res_country_group_id FROM demand d"
                " JOIN res_partner p ON p.id = d.shipping_id"
                " JOIN res_country_res_country_group_rel r"
                "  ON r.res_country_id = p.country_id"
            ),
        }

    @api.model
    def _get_product_queries(self):
        """``{product scope: SQL}``: which product keys a product belongs to.

        Each query selects ``(product_id, product_key)`` from the relation ``wanted``
        with the column ``product_id``.
        """
        return {
            "all": SQL("SELECT product_id, 'all:' FROM wanted"),
            "product": SQL("SELECT product_id, 'product:' || product_id FROM wanted"),
            # a quota of a category counts the categories below it
            "category": SQL(
                "SELECT w.product_id, 'category:' || above.id FROM wanted w"
                " JOIN product_product p ON p.id = w.product_id"
                " JOIN product_template t ON t.id = p.product_tmpl_id"
                " JOIN product_category c ON c.id = t.categ_id"
                " CROSS JOIN LATERAL"
                "  unnest(string_to_array(rtrim(c.parent_path, '/'), '/')) AS above(id)"
            ),
        }

    @api.model
    def _get_scope_flush_fields(self):
        """Fields the queries above read, to be flushed before them."""
        names = {
            "res.partner": (
                "category_id",
                "commercial_partner_id",
                "country_id",
                "parent_id",
                "state_id",
                "tz",
            ),
            "res.partner.category": ("parent_path",),
            "product.category": ("parent_path",),
            "product.template": ("categ_id",),
            "product.product": ("product_tmpl_id",),
        }
        return [
            self.env[model]._fields[name]
            for model, fields_ in names.items()
            for name in fields_
        ]
