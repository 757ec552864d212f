# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare


class ChannelPublishRule(models.Model):
    """Units that are set aside for one shop: a pool."""

    _inherit = "channel.publish.rule"

    is_pool = fields.Boolean(
        "Set Aside",
        tracking=True,
        help="So many units are this shop's alone: it shows no more than these, and "
        "nobody else shows them.",
    )
    pool_qty = fields.Float("Units Set Aside", digits="Product Unit", tracking=True)
    pool_from = fields.Datetime(
        "Counted From",
        readonly=True,
        copy=False,
        help="What the shop sold since then was taken from the units set aside.",
    )
    pool_left = fields.Float(
        "Left of Them", digits="Product Unit", compute="_compute_pool_left"
    )

    _pool_check = models.Constraint(
        "CHECK (NOT is_pool OR channel_id IS NOT NULL"
        " AND (product_id IS NOT NULL OR listing_id IS NOT NULL))",
        "Units are set aside for one product of one shop: choose both.",
    )

    @api.depends("is_pool", "pool_qty", "pool_from", "channel_id", "product_id")
    def _compute_pool_left(self):
        pools = self.filtered(lambda rule: rule.is_pool and rule._origin)
        sold = pools._origin._get_pool_sold()
        for rule in self:
            rule.pool_left = max(0.0, rule.pool_qty - sold.get(rule._origin.id, 0.0))

    @api.constrains("is_pool", "pool_qty", "warehouse_ids", "active", "channel_id")
    def _check_pools_fit(self):
        """What is set aside has to be there: together no more than can be promised.

        :raises ValidationError: saying how much is there
        """
        pools = self.filtered(lambda rule: rule.is_pool and rule._is_in_force())
        for company, rules in pools.grouped("company_id").items():
            products = rules._get_products()
            others = self.search(
                [
                    ("is_pool", "=", True),
                    ("company_id", "=", company.id),
                    "|",
                    ("product_id", "in", products.ids),
                    ("listing_id.product_id", "in", products.ids),
                ]
            ).filtered(lambda rule: rule._is_in_force())
            sold = others._get_pool_sold()
            there = products.sudo()._get_available_to_promise(
                self.env["channel.stock.publisher"]._get_warehouses(company)
            )
            for product in products:
                mine = others.filtered(lambda r, p=product: r._get_products() == p)
                wanted = sum(max(0.0, r.pool_qty - sold.get(r.id, 0.0)) for r in mine)
                if float_compare(wanted, there[product.id], precision_digits=6) > 0:
                    raise ValidationError(
                        self.env._(
                            "%(wanted)g units of “%(product)s” would be set aside, but "
                            "only %(there)g can be promised. Set fewer aside.",
                            wanted=wanted,
                            product=product.display_name,
                            there=there[product.id],
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        """New rules; what a shop sells is counted from the start of its pool."""
        for vals in vals_list:
            if vals.get("is_pool"):
                vals.setdefault("pool_from", self._get_pool_start(vals))
        return super().create(vals_list)

    def write(self, vals):
        """Change rules; where units are set aside anew, the count begins again."""
        if "pool_qty" in vals or vals.get("is_pool"):
            vals = {**vals, "pool_from": self._get_pool_start(vals)}
        return super().write(vals)

    @api.model
    def _get_pool_start(self, vals):
        return vals.get("date_start") or fields.Datetime.now()

    def _get_pool_sold(self):
        """Units that each pool's shop sold since the pool was filled.

        :return: ``{rule id: quantity in the product's unit}``; one query
        """
        if not self.ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT rule.id, sum(
                        line.product_uom_qty * line_uom.factor / uom.factor)::float8
                    FROM channel_publish_rule rule
                    LEFT JOIN channel_listing listing ON listing.id = rule.listing_id
                    JOIN sale_order sale ON sale.sale_channel_id = rule.channel_id
                        AND sale.state = 'sale' AND sale.date_order >= rule.pool_from
                    JOIN sale_order_line line ON line.order_id = sale.id
                        AND line.product_id = COALESCE(
                            rule.product_id, listing.product_id)
                    JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                    JOIN product_product product ON product.id = line.product_id
                    JOIN product_template template
                        ON template.id = product.product_tmpl_id
                    JOIN uom_uom uom ON uom.id = template.uom_id
                    WHERE rule.id = ANY(%s) AND rule.is_pool
                    GROUP BY rule.id
                    """,
                    list(self.ids),
                    to_flush=[
                        self.env[model]._fields[name]
                        for model, names in {
                            "channel.publish.rule": ("is_pool", "pool_from"),
                            "channel.listing": ("product_id",),
                            "sale.order": ("date_order", "sale_channel_id", "state"),
                            "sale.order.line": ("product_id", "product_uom_qty"),
                        }.items()
                        for name in names
                    ],
                )
            )
        )
