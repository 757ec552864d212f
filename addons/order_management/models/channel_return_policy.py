# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: {type of return: field that allows it}
ALLOWED = {
    "return_refund": "allow_return_refund",
    "refund_only": "allow_refund_only",
    "exchange": "allow_exchange",
    "replacement": "allow_replacement",
    "repair": "allow_repair",
}


class ChannelReturnPolicy(models.Model):
    """What customers may give back, until when, and what they get for it.

    The most specific one counts: of the product, else of its category, else of the
    channel, else the general one. Without any, everything that was shipped can be asked
    for, and a person decides.
    """

    _name = "channel.return.policy"
    _inherit = "order.rule.mixin"
    _description = "Return Policy"
    _order = "sequence, id"
    _check_company_auto = True

    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With all below them. Empty: every category.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        check_company=True,
        help="Empty: every product.",
    )
    is_returnable = fields.Boolean("Can Be Returned", default=True)
    window_days = fields.Integer(
        "Days",
        default=14,
        help="From the delivery until when a return may be asked for. 0: no limit.",
    )
    allow_return_refund = fields.Boolean("Return and Refund", default=True)
    allow_refund_only = fields.Boolean("Refund Only", default=False)
    allow_exchange = fields.Boolean("Exchange", default=True)
    allow_replacement = fields.Boolean("Replacement", default=True)
    allow_repair = fields.Boolean("Repair", default=False)
    needs_reason = fields.Boolean("Reason Needed", default=True)
    needs_photo = fields.Boolean("Photo Needed")
    freight_payer = fields.Selection(
        [
            ("company", "We do"),
            ("customer", "The customer"),
            ("fault", "The customer, unless the cause is not theirs"),
        ],
        "Who Pays the Way Back",
        default="company",
        required=True,
    )
    freight_amount = fields.Monetary(
        "Freight", help="What is taken off the refund where the customer pays it."
    )
    is_shipping_refunded = fields.Boolean(
        "Shipping Fee Comes Back",
        default=True,
        help="When all goods of an order come back.",
    )
    restocking_fee = fields.Float(
        "Restocking Fee (%)",
        help="Of the refund; not taken where the cause is not the customer's.",
    )
    auto_approve = fields.Selection(
        [
            ("never", "Never"),
            ("amount", "Up to an amount"),
            ("trusted", "For trusted customers"),
            ("always", "Always"),
        ],
        "Approve by Itself",
        default="never",
        required=True,
    )
    auto_amount = fields.Monetary("Up To")
    trusted_category_ids = fields.Many2many(
        "res.partner.category", string="Tags of Trusted Customers"
    )
    refund_at = fields.Selection(
        [
            ("approval", "When approved"),
            ("receipt", "When received"),
            ("inspection", "When inspected"),
            ("manual", "By hand"),
        ],
        "Refund",
        default="inspection",
        required=True,
    )
    instructions = fields.Html(
        "How to Send It Back", translate=True, help="For the customer, when approved."
    )

    _values_check = models.Constraint(
        "CHECK (window_days >= 0 AND restocking_fee >= 0 AND restocking_fee <= 100"
        " AND COALESCE(freight_amount, 0) >= 0 AND COALESCE(auto_amount, 0) >= 0)",
        "Days and amounts are not below zero, a fee is 0 to 100 percent.",
    )

    @api.model
    def _find(self, line, company):
        """The policy for an order line, or none.

        :param line: ``sale.order.line``
        :param company: whose policies
        """
        return self._find_for(
            line.product_id, line.order_id.sudo().sale_channel_id, company
        )

    @api.model
    def _find_for(self, product, channel, company, policies=None):
        if policies is None:
            # sudo: customers and the warehouse are held to policies, too
            policies = self.sudo().search([("company_id", "=", company.id)])
        best, best_rank = self.browse().sudo(), None
        path = (product.categ_id.parent_path or "").split("/")
        for policy in policies:
            rank = policy._get_rank(product, channel, path)
            if rank is not None and (best_rank is None or rank > best_rank):
                best, best_rank = policy, rank
        return best

    def _get_rank(self, product, channel, path):
        """How closely the policy fits; None: not at all."""
        self.ensure_one()
        if not self._is_of_channel(channel):
            return None
        depth = 0
        if self.categ_ids:
            depths = [
                path.index(str(categ.id)) + 1
                for categ in self.categ_ids
                if str(categ.id) in path
            ]
            if not depths:
                return None
            depth = max(depths)
        if self.product_tmpl_ids and product.product_tmpl_id not in (
            self.product_tmpl_ids
        ):
            return None
        return (bool(self.product_tmpl_ids), depth, bool(self.channel_ids))

    def _get_obstacle(self, line, kind=None, reason=None, photos=None, delivered=None):
        """Why an order line cannot be given back; the first reason there is, or "".

        :param line: ``sale.order.line``
        :param kind: type of return, None: not chosen yet
        :param reason: ``channel.return.reason``, None: not asked yet
        :param photos: how many photos there are, None: not asked yet
        :param delivered: when the customer got it, None: unknown
        """
        if not self:
            return ""
        self.ensure_one()
        if not self.is_returnable:
            return self.env._(
                "%(product)s cannot be returned (%(policy)s).",
                product=line.product_id.display_name,
                policy=self.name,
            )
        if self.window_days and delivered:
            end = delivered + timedelta(days=self.window_days)
            if end < fields.Datetime.now():
                return self.env._(
                    "%(product)s could be returned until %(date)s (%(days)d days after "
                    "delivery).",
                    product=line.product_id.display_name,
                    date=format_date(self.env, end),
                    days=self.window_days,
                )
        if kind and not self[ALLOWED[kind]]:
            labels = dict(
                self.env["channel.return"]
                ._fields["return_type"]
                ._description_selection(self.env)
            )
            return self.env._(
                "“%(kind)s” is not offered for %(product)s.",
                kind=labels[kind],
                product=line.product_id.display_name,
            )
        if self.needs_reason and reason is not None and not reason:
            return self.env._(
                "Say why %(product)s comes back: choose a reason.",
                product=line.product_id.display_name,
            )
        if self.needs_photo and photos is not None and not photos:
            return self.env._(
                "Add a photo of %(product)s.", product=line.product_id.display_name
            )
        return ""

    def _may_approve_alone(self, record):
        """Whether a return that fits this policy needs nobody's decision."""
        self.ensure_one()
        if self.auto_approve == "always":
            return True
        if self.auto_approve == "trusted":
            mine = record.partner_id | record.partner_id.commercial_partner_id
            return bool(mine.category_id & self.trusted_category_ids)
        if self.auto_approve == "amount":
            worth = record.currency_id._convert(
                record._get_expected_worth(),
                self.currency_id,
                self.company_id,
                fields.Date.context_today(record),
            )
            return self.currency_id.compare_amounts(worth, self.auto_amount) <= 0
        return False


class ChannelReturn(models.Model):
    """A return; here: what the policies of its goods say."""

    _inherit = "channel.return"

    policy_warning = fields.Text(
        "Policies Say", compute="_compute_policy_warning", compute_sudo=True
    )

    @api.depends("line_ids.sale_line_id", "line_ids.reason_id", "return_type", "state")
    def _compute_policy_warning(self):
        for record in self:
            found = []
            if record.state == "requested":
                for line in record.line_ids:
                    found.append(line._get_obstacle())
            record.policy_warning = "\n".join(filter(None, found)) or False

    def _check_reasons(self):
        """:raises UserError: a policy wants a reason, and there is none"""
        for line in self.line_ids:
            if line._get_policy().needs_reason and not line.reason_id:
                line._refuse_without_reason()

    def _fill_instructions(self):
        """What the customer is told, from the first policy that says something."""
        self.ensure_one()
        if self.instructions or not self.goods_back:
            return
        lang = self.partner_id.lang or self.env.lang
        for line in self.line_ids:
            if text := line._get_policy().with_context(lang=lang).instructions:
                self.instructions = text
                return

    def _get_expected_worth(self):
        """What would be given back if all that is asked for came back as it was; with
        what is asked for of the same orders already: nobody passes a limit in parts."""
        self.ensure_one()
        others = self.order_ids.order_line.channel_return_line_ids.filtered(
            lambda line: line.state not in ("refused", "cancelled")
        )
        return sum(
            line.sale_line_id.price_total
            * line.uom_id._compute_quantity(
                line.approved_qty, line.sale_line_id.product_uom_id, round=False
            )
            / line.sale_line_id.product_uom_qty
            for line in self.line_ids | others
            if line.sale_line_id.product_uom_qty
        )

    def _decide_by_policy(self):
        """Approve what the policies of all its goods let through by itself."""
        for record in self.sudo():
            if record.return_type == "exchange" and not (
                record.line_ids.exchange_product_id
            ):
                continue  # a person chooses what is sent instead
            policies = [line._get_policy() for line in record.line_ids]
            if policies and all(
                policy and policy._may_approve_alone(record) for policy in policies
            ):
                names = ", ".join(dict.fromkeys(policy.name for policy in policies))
                reason = self.env._("By policy: %(names)s", names=names)
                record.with_context(order_management_source="system")._transition(
                    "approved", reason
                )


class ChannelReturnLine(models.Model):
    _inherit = "channel.return.line"

    def _get_policy(self):
        """The policy that counts for this line, as superuser; maybe none."""
        self.ensure_one()
        channel = self.return_id.sudo().channel_id
        channel = channel or self.order_id.sudo().sale_channel_id
        return self.env["channel.return.policy"]._find_for(
            self.product_id, channel, self.company_id
        )

    def _get_obstacle(self):
        """Why the policy is against this line; the first reason, or ""."""
        self.ensure_one()
        if not self.sale_line_id:
            return ""
        return self._get_policy()._get_obstacle(
            self.sale_line_id,
            kind=self.return_type,
            reason=self.reason_id,
            delivered=self.sale_line_id._get_delivered_at(),
        )

    def _refuse_without_reason(self):
        """:raises UserError: always"""
        raise UserError(
            self.env._(
                "Say on the line why %(product)s comes back: its policy wants a "
                "reason.",
                product=self.product_id.display_name,
            )
        )

    def _get_freight_charge(self):
        """Override: in the currency of the return."""
        amount = super()._get_freight_charge()
        policy = self._get_policy()
        if not amount:
            return 0.0
        return policy.currency_id._convert(
            amount, self.currency_id, self.company_id, fields.Date.context_today(self)
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _get_delivered_at(self):
        """When the customer got the goods: as the carrier says, else when they left;
        empty: they have not left."""
        self.ensure_one()
        moments = []
        for move in self.sudo().move_ids:
            if move.state != "done" or not move.location_dest_id._is_customer_side():
                continue
            picking = move.picking_id
            moments.append(picking.delivered_at or picking.date_done or move.date)
        return max(moments, default=None)

    def _get_return_obstacle(self, kind=None):
        """Why nothing of this line can be given back; the first reason, or ""."""
        self.ensure_one()
        order = self.order_id
        delivered = self._get_delivered_at()
        if not delivered and not order.is_channel_history:
            return self.env._(
                "%(product)s is not shipped yet.", product=self.product_id.display_name
            )
        if self.product_uom_id.compare(self._get_returnable_qty()[self], 0.0) <= 0:
            return self.env._(
                "All of %(product)s came back already, or a return for it is open.",
                product=self.product_id.display_name,
            )
        policy = self.env["channel.return.policy"]._find(self, order.company_id)
        return policy._get_obstacle(self, kind=kind, delivered=delivered)
