# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html
from odoo.tools.safe_eval import test_python_expr

#: {check: what of an order it looks at}; a change of anything else asks it no more
TOPICS = {
    "_review_duplicate": {"buyer", "lines"},
    "_review_address": {"address"},
    "_review_country": {"address"},
    "_review_price": {"lines"},
    "_review_margin": {"lines"},
    "_review_quantity": {"buyer", "lines"},
    "_review_unpaid": {"payment"},
    "_review_credit": {"buyer", "lines"},
    "_review_overdue": {"buyer"},
    "_review_quota": {"buyer", "lines"},
    "_review_stock": {"lines"},
    "_review_blacklist": {"address", "buyer"},
    "_review_note": {"note"},
    "_review_amount": {"lines"},
    "_review_refund": {"channel"},
    "_review_shipped": {"channel"},
    "_review_new_customer": {"buyer"},
}


class ExceptionRule(models.Model):
    """A rule of the review: what holds a new order until somebody has looked at it.

    Rules of the review are rules of the exception engine that only the review asks:
    other users of the engine never see them, whatever they search for.
    """

    _name = "exception.rule"
    _inherit = ["exception.rule", "mail.thread", "mail.activity.mixin"]

    is_review = fields.Boolean("Review of Orders", readonly=True)
    model = fields.Selection(
        selection_add=[("sale.order", "Order"), ("sale.order.line", "Order line")],
        ondelete={"sale.order": "cascade", "sale.order.line": "cascade"},
    )
    method = fields.Selection(
        selection_add=[
            ("_review_duplicate", "Duplicate order"),
            ("_review_address", "Incomplete address or telephone"),
            ("_review_country", "Country that is not delivered to"),
            ("_review_price", "Price too low"),
            ("_review_margin", "Margin too low"),
            ("_review_quantity", "Quantity out of pattern"),
            ("_review_unpaid", "Not paid"),
            ("_review_credit", "Over the credit limit"),
            ("_review_overdue", "Customer pays late"),
            ("_review_quota", "Over a quota"),
            ("_review_stock", "Not in stock"),
            ("_review_blacklist", "Blacklisted buyer"),
            ("_review_note", "Note from the buyer"),
            ("_review_amount", "High value"),
            ("_review_refund", "Refund or cancellation asked"),
            ("_review_shipped", "Shipped already on its channel"),
            ("_review_new_customer", "New customer"),
        ],
        ondelete=dict.fromkeys(TOPICS, "cascade"),
        # chosen by people, and only among the checks there are
        readonly=False,
    )
    review_mode = fields.Selection(
        [("block", "Hold the order"), ("note", "Only note it")],
        "What It Does",
        required=True,
        default="block",
        tracking=True,
        help="Hold: the order waits until the hold is cleared. Note: the order goes on "
        "and the finding can be read on it; good for trying a rule out.",
    )
    is_blocking = fields.Boolean(
        help="Reviewers cannot accept it: it is cleared when its cause is gone, or by "
        "somebody who may override holds."
    )
    auto_release = fields.Boolean(
        "Clear by Itself",
        default=True,
        tracking=True,
        help="When the cause is gone, the hold is cleared without anybody.",
    )
    review_user_id = fields.Many2one(
        "res.users",
        "Handled by",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Owner of the holds. Empty: the group, else who looks after the channel.",
    )
    review_group_id = fields.Many2one("res.groups", "Handled by Group", tracking=True)

    # which orders
    company_ids = fields.Many2many(
        "res.company", "exception_rule_company_rel", string="Companies"
    )
    channel_ids = fields.Many2many(
        "sale.channel",
        "exception_rule_channel_rel",
        string="Channels",
        help="Empty: orders of every channel, and those of none.",
    )
    team_ids = fields.Many2many(
        "crm.team", "exception_rule_team_rel", string="Sales Teams"
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        "exception_rule_partner_category_rel",
        string="Customer Tags",
    )

    # figures, shown where the check uses them
    threshold_percent = fields.Float("Percent", digits=(6, 2), tracking=True)
    threshold_amount = fields.Float(
        "Amount",
        digits=(16, 2),
        tracking=True,
        help="In the currency of the order's company.",
    )
    threshold_hours = fields.Float("Hours", default=24.0, tracking=True)
    threshold_days = fields.Integer("Days", default=30, tracking=True)
    threshold_factor = fields.Float("Times the Usual", default=10.0, tracking=True)
    threshold_count = fields.Integer(
        "At Least Orders",
        default=3,
        help="With fewer orders in that time nothing is usual yet.",
    )
    threshold_text = fields.Char(
        "Words", help="Separated by commas; empty: any note at all."
    )
    history_of = fields.Selection(
        [("product", "The product, whoever buys"), ("customer", "The same customer")],
        "Compared With",
        default="product",
        required=True,
    )
    is_below_cost = fields.Boolean("Also Below Cost", tracking=True)
    floor_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Floor Prices",
        help="A price list whose prices nobody may sell below.",
    )
    product_ids = fields.Many2many(
        "product.product",
        "exception_rule_product_rel",
        string="Only Products",
        help="Empty: all products.",
    )
    country_ids = fields.Many2many(
        "res.country", "exception_rule_country_rel", string="Countries"
    )
    country_mode = fields.Selection(
        [("except", "Not delivered to"), ("only", "Delivered to only these")],
        "These Countries Are",
        default="except",
        required=True,
    )
    broken_error = fields.Text("Broken", readonly=True, copy=False)

    _threshold_check = models.Constraint(
        "CHECK (threshold_hours >= 0 AND threshold_days >= 0 AND threshold_factor >= 0"
        " AND threshold_count >= 0 AND threshold_amount >= 0"
        " AND threshold_percent BETWEEN -1000 AND 100)",
        "Hours, days, amounts and times are not below zero; a percentage is at most "
        "100.",
    )

    @api.constrains("is_review", "exception_type", "domain", "model")
    def _check_review_domain(self):
        for rule in self.filtered("is_review"):
            if rule.exception_type != "by_domain":
                continue
            try:
                rule._get_review_domain().validate(self.env[rule.model])
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(rule)s” cannot be understood: %(error)s. "
                        "Choose it again from the list of fields.",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.constrains("is_review", "exception_type", "code")
    def _check_review_code(self):
        for rule in self.filtered("is_review"):
            if rule.exception_type != "by_py_code":
                continue
            if problem := test_python_expr((rule.code or "").strip(), mode="exec"):
                raise ValidationError(
                    self.env._(
                        "The code of “%(rule)s” cannot be understood: %(error)s",
                        rule=rule.name,
                        error=problem,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_review_vals(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_review_vals(vals)
        if "broken_error" not in vals and any(self.mapped("broken_error")):
            # whoever mends it hears about it again when it is not mended
            vals = {**vals, "broken_error": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_in_review(self):
        used = self.env["order.review.hold"].sudo()
        used = used.search([("rule_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "Orders were held by “%(rule)s”: archive it instead.",
                    rule=used.rule_id.name,
                )
            )

    def _check_review_vals(self, vals):
        """Python code runs with the system's rights: administrators write it.

        :raises AccessError: for everybody else
        """
        touches = vals.get("code") or vals.get("exception_type") == "by_py_code"
        if not self.env.su and touches and not self.env.user._is_system():
            raise AccessError(
                self.env._(
                    "Only administrators write rules in Python. Use a condition or one "
                    "of the checks instead, or ask an administrator."
                )
            )

    def action_dry_run(self):
        """Ask how many past orders this rule would have held."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": "order.review.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    # ------------------------------------------------------------- the engine

    @api.model
    def _get_rules_info_for_domain(self, domain):
        """Override of ``base_exception``: nobody else's question finds our rules."""
        domain = list(domain)
        if not any(leaf[0] == "is_review" for leaf in domain):
            domain.append(("is_review", "=", False))
        return super()._get_rules_info_for_domain(domain)

    def _get_domain(self):
        """Override of ``base_exception``: a broken condition of one rule must not
        keep the engine from reading the others."""
        if not self.is_review:
            return super()._get_domain()
        try:
            return list(self._get_review_domain())
        except (ValueError, SyntaxError, TypeError):
            return None

    def _get_review_domain(self):
        """:raises ValueError, SyntaxError, TypeError: it cannot be understood"""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    @api.model
    def _get_review_rules(self):
        """The active rules of the review, by sequence; one look-up in a cache."""
        infos = self.sudo()._get_rules_info_for_domain(
            [("is_review", "=", True), ("active", "=", True)]
        )
        return self.sudo().browse(info.id for info in infos)

    def _is_about(self, order):
        """Whether the rule is meant for this order, whatever its figures."""
        self.ensure_one()
        partner = order.partner_id
        tags = partner.category_id | partner.commercial_partner_id.category_id
        return (
            (not self.company_ids or order.company_id.id in self.company_ids.ids)
            and (
                not self.channel_ids or order.sale_channel_id.id in self.channel_ids.ids
            )
            and (not self.team_ids or order.team_id.id in self.team_ids.ids)
            and (
                not self.partner_category_ids
                or not set(tags.ids).isdisjoint(self.partner_category_ids.ids)
            )
        )

    def _get_topics(self):
        """What of an order the rule looks at; None: anything."""
        self.ensure_one()
        if self.exception_type == "by_method":
            return TOPICS.get(self.method)
        return None

    def _find(self, orders):
        """What the rule finds in these orders, in a number of queries that does not
        depend on them (but for rules in Python, which look at one after the other).

        :return: ``{order id: (reason for people, facts)}``; facts are plain values of
            the order that the finding rests on: while they stay, a decision stays
        """
        self.ensure_one()
        orders = orders.sudo().filtered(self._is_about)
        if not orders:
            return {}
        if self.exception_type == "by_method":
            return getattr(orders, self.method)(self)
        if self.exception_type == "by_domain":
            return self._find_by_domain(orders)
        return self._find_by_code(orders)

    def _find_by_domain(self, orders):
        domain = self._get_review_domain()
        records = orders if self.model == "sale.order" else orders.order_line
        found = records.with_context(active_test=False).search(
            Domain("id", "in", records.ids) & domain
        )
        return self._describe_found(found)

    def _find_by_code(self, orders):
        records = orders if self.model == "sale.order" else orders.order_line
        engine = self.env["base.exception.method"].sudo()
        found, texts = records.browse(), {}
        for record in records:
            # the engine's own way to run code
            failed = engine._rule_eval(self, record)
            if failed:
                found |= record
                if isinstance(failed, str):
                    texts[record.id] = failed
        return self._describe_found(found, texts)

    def _describe_found(self, found, texts=None):
        texts = texts or {}
        findings = {}
        for record in found:
            text = texts.get(record.id) or self.description or self.name
            order = record if record._name == "sale.order" else record.order_id
            if record != order:
                text = f"{record.product_id.display_name or record.name}: {text}"
            before = findings.get(order.id, ("",))[0]
            joined = "\n".join(filter(None, [before, text]))
            findings[order.id] = (joined, order._get_review_facts())
        return findings

    def _note_broken(self, error):
        """Keep why the rule cannot be asked, and tell who handles it, once."""
        self.ensure_one()
        if self.broken_error:
            return
        self.sudo().write({"broken_error": error})
        user = self.review_user_id or self.write_uid or self.create_uid
        self.sudo().activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("This review rule is broken and asks nothing"),
            note=plaintext2html(error),
            user_id=user.id or self.env.uid,
        )
