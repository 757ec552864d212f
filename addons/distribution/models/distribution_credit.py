# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: figures of `_get_exposure` that the form and the list show
_FIGURES = (
    "receivable",
    "uninvoiced",
    "unshipped",
    "waiting",
    "unallocated",
    "exposure",
    "overdue_amount",
    "overdue_days",
    "late_amount",
)


class DistributionCredit(models.Model):
    """What one customer may owe one company, and what happens beyond it.

    The row is the turn of everybody who draws on the limit: each approval,
    confirmation and shipment of the customer's orders updates ``turn``, so that two
    sessions never both take the last of it (see `_take_turn`).
    """

    _name = "distribution.credit"
    _inherit = ["mail.thread", "order.event.mixin"]
    _description = "Credit Limit"
    _order = "company_id, partner_id, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True, tracking=True)
    policy = fields.Selection(
        [
            ("none", "Only Show"),
            ("warn", "Warn"),
            ("hold", "Hold Orders"),
        ],
        required=True,
        default="warn",
        tracking=True,
        help="Warn: a note on the quotation. Hold: besides, orders over the limit or "
        "of a customer who is late are neither approved nor confirmed nor shipped.",
    )
    limit_amount = fields.Monetary("Limit", tracking=True)
    check_overdue = fields.Boolean(
        "Late Payers",
        default=True,
        tracking=True,
        help="Hold or warn when more than the tolerated amount is late, too.",
    )
    overdue_allowed_days = fields.Integer(
        "Days of Grace",
        tracking=True,
        help="So many days after its due date an invoice counts as late.",
    )
    overdue_allowed_amount = fields.Monetary(
        "Tolerated Late Amount", tracking=True, help="What may be late without a hold."
    )
    guarantee_ids = fields.One2many(
        "distribution.credit.guarantee", "credit_id", "Deposits and Guarantees"
    )
    raise_ids = fields.One2many(
        "distribution.credit.raise", "credit_id", "Temporary Raises"
    )
    guaranteed_amount = fields.Monetary(
        "Deposits and Guarantees (Valid)", compute="_compute_effective_limit"
    )
    raised_amount = fields.Monetary(
        "Raised for Now", compute="_compute_effective_limit"
    )
    effective_limit = fields.Monetary(
        "Limit Today",
        compute="_compute_effective_limit",
        help="The limit with valid deposits and guarantees and temporary raises.",
    )
    receivable = fields.Monetary("Invoiced", compute="_compute_figures")
    uninvoiced = fields.Monetary("Delivered, Not Invoiced", compute="_compute_figures")
    unshipped = fields.Monetary("Approved, Not Shipped", compute="_compute_figures")
    waiting = fields.Monetary("Waiting for Approval", compute="_compute_figures")
    unallocated = fields.Monetary("Receipts Not Matched", compute="_compute_figures")
    exposure = fields.Monetary(
        compute="_compute_figures",
        help="Invoiced, delivered and not invoiced, approved and not shipped, and "
        "waiting for approval, less receipts that match no invoice yet.",
    )
    left_amount = fields.Monetary("Left", compute="_compute_figures")
    overdue_amount = fields.Monetary("Overdue", compute="_compute_figures")
    overdue_days = fields.Integer("Days Overdue", compute="_compute_figures")
    late_amount = fields.Monetary("Late", compute="_compute_figures")
    standing = fields.Selection(
        [("good", "Within"), ("over", "Over the Limit"), ("late", "Late")],
        compute="_compute_figures",
    )
    member_id = fields.Many2one(
        "distribution.member", compute="_compute_member_id", search="_search_member_id"
    )
    turn = fields.Integer(readonly=True, copy=False)

    _partner_uniq = models.Constraint(
        "UNIQUE (company_id, partner_id)",
        "This customer has a credit limit in the company already: change that one.",
    )
    _amounts_check = models.Constraint(
        "CHECK (limit_amount >= 0 AND overdue_allowed_amount >= 0"
        " AND overdue_allowed_days >= 0)",
        "Limits, tolerated amounts and days of grace are zero or more.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        credits = super().create(vals_list)
        credits._note_companies()
        return credits

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "company_id", "policy"}.isdisjoint(vals):
            self._note_companies()
        return result

    @api.constrains("partner_id")
    def _check_commercial(self):
        for credit in self:
            if credit.partner_id != credit.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is a contact of %(company)s, who pays. Give the "
                        "limit to %(company)s.",
                        partner=credit.partner_id.display_name,
                        company=credit.partner_id.commercial_partner_id.display_name,
                    )
                )

    @api.depends(
        "limit_amount",
        "guarantee_ids.amount",
        "guarantee_ids.date_to",
        "raise_ids.amount",
        "raise_ids.state",
    )
    def _compute_effective_limit(self):
        terms = self._read_terms(SQL("credit.id = ANY(%s)", list(self._origin.ids)))
        by_id = {term["id"]: term for term in terms}
        for credit in self:
            term = by_id.get(credit._origin.id, {})
            credit.guaranteed_amount = term.get("guaranteed", 0.0)
            credit.raised_amount = term.get("raised", 0.0)
            credit.effective_limit = (
                credit.limit_amount + credit.guaranteed_amount + credit.raised_amount
            )

    @api.depends("partner_id", "company_id", "limit_amount", "overdue_allowed_days")
    def _compute_figures(self):
        for company, credits in self.grouped("company_id").items():
            found = self._get_exposure(credits.partner_id, company)
            for credit in credits:
                figures = found.get(credit.partner_id._origin.id, {})
                for name in _FIGURES:
                    credit[name] = figures.get(name, 0)
                credit.left_amount = credit.effective_limit - credit.exposure
                credit.standing = credit._get_standing(figures)

    def _compute_member_id(self):
        for company, credits in self.grouped("company_id").items():
            members = self.env["res.partner"]._get_distribution_members(
                credits.partner_id, company
            )
            for credit in credits:
                credit.member_id = members.get(credit.partner_id)

    def _search_member_id(self, operator, value):
        if operator not in ("in", "not in", "any", "not any"):
            return NotImplemented
        if operator in ("in", "not in"):
            value = [("id", "in", list(value))]
        ids = self.env["distribution.member"].search(value).partner_id.ids
        return [("partner_id", "not in" if "not" in operator else "in", ids)]

    def _get_standing(self, figures):
        self.ensure_one()
        if (
            self.currency_id.compare_amounts(
                figures.get("exposure", 0.0), self.effective_limit
            )
            > 0
        ):
            return "over"
        late = figures.get("late_amount", 0.0) - self.overdue_allowed_amount
        if self.check_overdue and self.currency_id.compare_amounts(late, 0.0) > 0:
            return "late"
        return "good"

    def _note_companies(self):
        """Have every worker look again whether a company has limits that count."""
        counting = self.filtered(lambda c: c.active and c.policy != "none")
        if not set(counting.company_id.ids) <= self._get_counting_companies():
            self.env.registry.clear_cache()

    @api.model
    @tools.ormcache()
    def _get_counting_companies(self):
        """Ids of companies in which a limit warns or holds; cached: no order of any
        other company costs a query."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id FROM distribution_credit"
                " WHERE active AND policy <> 'none'",
                to_flush=self._fields["policy"],
            )
        )
        return frozenset(company_id for [company_id] in rows)

    @api.model
    def _get_today(self, company):
        """The day it is in the company's time zone."""
        zoned = self.with_context(tz=company.partner_id.tz or self.env.user.tz)
        return fields.Date.context_today(zoned)

    @api.model
    def _take_turn(self, company, partner_ids):
        """The terms of these customers, taken in turn with everybody else.

        One UPDATE, rows in the order of their ids. At REPEATABLE READ whoever comes
        second gets a serialization error, which must escape: Odoo repeats the request,
        and it sees what the first one took.

        :return: see `_get_terms`
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH locked AS MATERIALIZED (
                    SELECT id FROM distribution_credit
                    WHERE company_id = %s AND partner_id = ANY(%s) AND active
                      AND policy = 'hold'
                    ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE distribution_credit credit
                SET turn = COALESCE(credit.turn, 0) + 1
                FROM locked WHERE locked.id = credit.id
                """,
                company.id,
                list(partner_ids),
            )
        )
        if not self.env.cr.rowcount:
            return {}
        self.invalidate_model(["turn"], flush=False)
        return self._get_terms(company, partner_ids)

    @api.model
    def _get_terms(self, company, partner_ids):
        """``{partner id: terms}`` of these customers in one company, where limits warn
        or hold; one query, see `_read_terms`."""
        terms = self._read_terms(
            SQL(
                "credit.company_id = %s AND credit.partner_id = ANY(%s)"
                " AND credit.active AND credit.policy <> 'none'",
                company.id,
                list(partner_ids),
            ),
            company,
        )
        return {term["partner_id"]: term for term in terms}

    @api.model
    def _read_terms(self, condition, company=None):
        """What counts today.

        :param condition: SQL condition on ``credit``
        :return: a dict a row: partner_id, id, policy, limit (the one of today, company
            currency), guaranteed, raised, check_overdue, tolerated
        """
        self.env.flush_all()
        today = self._get_today(company or self.env.company)
        rows = self.env.execute_query(self._sql_terms(condition, today))
        return [
            {
                "partner_id": row[0],
                "id": row[1],
                "policy": row[2],
                "limit": float((row[3] or 0) + row[4] + row[5]),
                "guaranteed": float(row[4]),
                "raised": float(row[5]),
                "check_overdue": row[6],
                "tolerated": float(row[7] or 0),
            }
            for row in rows
        ]

    @api.model
    def _sql_terms(self, condition, today):
        return SQL(
            """
            SELECT credit.partner_id, credit.id, credit.policy,
                credit.limit_amount, COALESCE(guarantees.amount, 0),
                COALESCE(raises.amount, 0), credit.check_overdue,
                credit.overdue_allowed_amount
            FROM distribution_credit credit
            LEFT JOIN LATERAL (
                SELECT SUM(amount) AS amount FROM distribution_credit_guarantee
                WHERE credit_id = credit.id AND date_from <= %(today)s
                  AND (date_to IS NULL OR date_to >= %(today)s)
            ) guarantees ON TRUE
            LEFT JOIN LATERAL (
                SELECT SUM(amount) AS amount FROM distribution_credit_raise
                WHERE credit_id = credit.id AND state = 'approved'
                  AND date_from <= %(today)s AND date_to >= %(today)s
            ) raises ON TRUE
            WHERE %(condition)s
            """,
            today=today,
            condition=condition,
        )

    def action_view_orders(self):
        """Open the orders that count in the exposure of these customers."""
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        domain = [
            ("partner_invoice_id", "child_of", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
            "|",
            ("approval_state", "in", ("to_approve", "approved")),
            ("state", "=", "sale"),
        ]
        return {**action, "domain": domain, "context": {}}

    def action_view_ageing(self):
        """Open what these customers owe, invoice by invoice."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ageing_action"
        )
        domain = [("partner_id", "in", self.partner_id.ids)]
        return {**action, "domain": domain, "context": {}}
