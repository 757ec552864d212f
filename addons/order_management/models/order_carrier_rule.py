# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..shipping.choice import Rule

_RANGES = ("weight", "volume", "amount")


class OrderCarrierRule(models.Model):
    """Which carrier takes which orders. The first rule that fits and whose carriers can
    deliver there decides; without rules nothing is chosen by itself."""

    _name = "order.carrier.rule"
    _inherit = ["order.cached.mixin", "order.rule.place.mixin"]
    _description = "Carrier Rule"
    _order = "sequence, id"
    _check_company_auto = True

    weight_uom_name = fields.Char(compute="_compute_uom_names")
    volume_uom_name = fields.Char(compute="_compute_uom_names")
    country_ids = fields.Many2many(relation="order_carrier_rule_country_rel")
    country_group_ids = fields.Many2many(
        "res.country.group",
        "order_carrier_rule_country_group_rel",
        string="Country Groups",
    )
    # of the countries of the groups, too
    state_ids = fields.Many2many(relation="order_carrier_rule_state_rel", domain=[])
    weight_from = fields.Float(digits="Stock Weight")
    weight_to = fields.Float(digits="Stock Weight", help="0: no limit.")
    volume_from = fields.Float(digits="Volume")
    volume_to = fields.Float(digits="Volume", help="0: no limit.")
    amount_from = fields.Monetary(
        help="Goods with taxes, in the company's currency. 0: no limit."
    )
    amount_to = fields.Monetary(
        help="Goods with taxes, in the company's currency. 0: no limit."
    )
    cash_on_delivery = fields.Selection(
        [
            ("any", "Doesn't matter"),
            ("only", "Cash on delivery"),
            ("never", "Paid otherwise"),
        ],
        "Payment",
        default="any",
        required=True,
    )
    channel_ids = fields.Many2many(relation="order_carrier_rule_channel_rel")
    product_tag_ids = fields.Many2many(
        "product.tag",
        "order_carrier_rule_tag_rel",
        string="Goods with a Tag",
        help="Dangerous, frozen, fragile...: one product with one of these tags is "
        "enough.",
    )
    promise_days = fields.Float(
        "Promised Within (Days)", help="Only orders promised for so soon. 0: all."
    )
    result = fields.Selection(
        [
            ("fixed", "The first that delivers there"),
            ("cheapest", "The cheapest"),
            ("fastest", "The fastest"),
        ],
        "Choose",
        default="cheapest",
        required=True,
        help="Cheapest: by Odoo's price lists; carriers whose price is asked outside "
        "are left out. Fastest: by the days on the carrier.",
    )
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        "order_carrier_rule_carrier_rel",
        string="Among",
        required=True,
        check_company=True,
    )
    is_in_time = fields.Boolean(
        "Only Those in Time",
        help="Leave out carriers that take longer than the order's promise allows.",
    )
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    _promise_days_check = models.Constraint(
        "CHECK (COALESCE(promise_days, 0) >= 0)",
        "The days of a promise cannot be below zero.",
    )

    @api.constrains("carrier_ids")
    def _check_carriers(self):
        for rule in self:
            if not rule.carrier_ids:
                raise ValidationError(
                    self.env._("%(name)s: name at least one carrier.", name=rule.name)
                )

    @api.constrains(*(f"{name}_{end}" for name in _RANGES for end in ("from", "to")))
    def _check_ranges(self):
        for rule in self:
            for name in _RANGES:
                low, high = rule[f"{name}_from"], rule[f"{name}_to"]
                if low < 0 or high < 0 or (high and low > high):
                    raise ValidationError(
                        self.env._(
                            "%(name)s: a range begins below its end, at zero or above.",
                            name=rule.name,
                        )
                    )

    def _compute_uom_names(self):
        templates = self.env["product.template"]
        self.weight_uom_name = templates._get_weight_uom_name_from_ir_config_parameter()
        self.volume_uom_name = templates._get_volume_uom_name_from_ir_config_parameter()

    def _compute_order_count(self):
        counts = {
            rule.id: count
            for rule, count in self.env["sale.order"]._read_group(
                [("carrier_rule_id", "in", self.ids)], ["carrier_rule_id"], ["__count"]
            )
        }
        for rule in self:
            rule.order_count = counts.get(rule.id, 0)

    def action_view_orders(self):
        """Open the orders whose carrier these rules chose."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        domain = [("carrier_rule_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    @api.model
    @tools.ormcache()
    def _get_ruled_company_ids(self):
        """Ids of the companies that have rules."""
        groups = self.sudo()._read_group([("active", "=", True)], ["company_id"])
        return frozenset(company.id for (company,) in groups)

    def _prepare_plain(self):
        """These rules for ``shipping.choice``, of one company."""
        carriers = self.carrier_ids._prepare_plain(self.company_id[:1])
        return [
            Rule(
                id=rule.id,
                name=rule.name,
                result=rule.result,
                carriers=tuple(carriers[carrier.id] for carrier in rule.carrier_ids),
                in_time=rule.is_in_time,
                country_ids=frozenset(
                    (rule.country_ids | rule.country_group_ids.country_ids).ids
                ),
                state_ids=frozenset(rule.state_ids.ids),
                zip_prefixes=rule._get_zip_prefixes(),
                channel_ids=frozenset(rule.channel_ids.ids),
                tag_ids=frozenset(rule.product_tag_ids.ids),
                cash=rule.cash_on_delivery,
                promise_days=rule.promise_days,
                ranges={
                    name: (rule[f"{name}_from"], rule[f"{name}_to"]) for name in _RANGES
                },
            )
            for rule in self
        ]
