# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: kept by the machinery alone: no form, RPC call, import or default sets them
_KEPT = frozenset({"credit_released_amount", "credit_released_by_id"})
#: changes of an order that may put its amount on somebody else's account
_PAYER_FIELDS = frozenset({"company_id", "partner_id", "partner_invoice_id"})
#: Proofs that a call comes from here: objects that no RPC context can carry
_SAVED = object()
_SKIP = object()


class SaleOrder(models.Model):
    """An order; here: held while its customer owes too much or pays too late.

    Approvals and confirmations are written first and checked then, as one batch, so
    that orders of one customer in a batch count together; who is over raises, which
    takes all of it back.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    credit_released_amount = fields.Monetary(
        "Released Up To",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Up to this total, company currency, the order passes in spite of the "
        "customer's limit.",
    )
    credit_released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_level = fields.Selection(
        [("warn", "Warning"), ("hold", "Held"), ("released", "Released")],
        compute="_compute_credit_warning",
    )
    credit_warning = fields.Text(compute="_compute_credit_warning")

    @api.depends(
        "state",
        "approval_state",
        "partner_invoice_id",
        "amount_total",
        "credit_released_amount",
        "picking_ids.state",
    )
    def _compute_credit_warning(self):
        self.credit_level = self.credit_warning = False
        live = self.filtered(lambda o: o.state != "cancel" and o._is_credit_open())
        for order, (policy, text) in live._get_credit_holds().items():
            released = order._is_credit_released()
            order.credit_level = "released" if released else policy
            order.credit_warning = text

    @api.model
    def default_get(self, fields):
        # neither a context key nor somebody's own default releases anything
        return super().default_get([name for name in fields if name not in _KEPT])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_credit_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_credit_kept(vals)
        result = super().write(vals)
        if vals.get("state") == "sale":
            self._check_credit()
        elif not _PAYER_FIELDS.isdisjoint(vals):
            self.filtered(lambda order: order._is_credit_committed())._check_credit()
        return result

    def _check_credit_kept(self, vals):
        """:raises AccessError: a field that only the release sets"""
        if (
            _KEPT.isdisjoint(vals)
            or self.env.context.get("distribution_credit") is _SAVED
        ):
            return
        raise AccessError(
            self.env._(
                "An order is released from its customer's credit hold with the button "
                "Release, by a trade manager."
            )
        )

    def _after_approved(self):
        """Override of the approval: held where the customer owes too much.

        :raises UserError: over the limit, or late
        """
        result = super()._after_approved()
        self._check_credit()
        return result

    def _apply_raise(self):
        """Override: what was raised in confirmed orders counts, too."""
        lines = self._get_raise_lines()
        result = super()._apply_raise()
        lines.order_id._check_credit()
        return result

    def _validate_order(self):
        """Override: who signs or pays is never stopped; the order waits, and somebody
        is told."""
        held = self._filter_over_credit()
        held._hold_for_credit()
        if self - held:
            return super(SaleOrder, self - held)._validate_order()
        return None

    def action_release_credit(self, reason=None):
        """Let orders pass in spite of their customer's limit, up to today's total.

        Without a reason, ask for one.

        :return: True, or the action that opens the question
        :raises AccessError: not a trade manager
        """
        self._check_may_release()
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Release from Credit Hold"),
                "res_model": "sale.order.credit.release",
                "view_mode": "form",
                "target": "new",
                "context": {"default_order_ids": self.ids},
            }
        for order in self.sudo().with_context(distribution_credit=_SAVED):
            order.write(
                {
                    "credit_released_amount": order._get_credit_amount(),
                    "credit_released_by_id": self.env.uid,
                }
            )
        self._log_event("credit", to_state="released", reason=reason)
        return True

    @api.model
    def _check_may_release(self):
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_trade_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only trade managers release orders of customers who owe too much. "
                    "Ask one."
                )
            )

    def _check_credit(self):
        """Take the customers' turn and refuse what is over.

        Three queries for any number of orders of a company, none where no limit
        counts.

        :raises UserError: the customer is over the limit, or late
        """
        for order, (policy, text) in self._get_credit_holds(take_turn=True).items():
            if policy == "hold" and not order._is_credit_released():
                raise UserError(text)

    def _get_credit_holds(self, take_turn=False):
        """Orders whose customers are over their limit or late.

        Orders that are not approved yet count with their own total.

        :param take_turn: meet others who draw on the limits; only rows that hold
        :return: ``{order: (policy, why)}``
        """
        holds = {}
        for company, orders in self._filter_credit().grouped("company_id").items():
            credits_sudo = self.env["distribution.credit"].sudo()
            payers = orders.partner_invoice_id.commercial_partner_id._origin
            read = credits_sudo._take_turn if take_turn else credits_sudo._get_terms
            terms = read(company, payers.ids)
            payers = payers.browse(terms)
            figures = credits_sudo._get_exposure(payers, company) if payers else {}
            added = dict.fromkeys(payers.ids, 0.0)
            for order in orders:
                partner_id = order.partner_invoice_id.commercial_partner_id._origin.id
                if partner_id not in terms:
                    continue
                if not order._is_credit_committed():
                    added[partner_id] += order._get_credit_amount()
                text = order._describe_credit_hold(
                    terms[partner_id], figures[partner_id], added[partner_id]
                )
                if text:
                    holds[order] = (terms[partner_id]["policy"], text)
        return holds

    def _filter_credit(self):
        """Those of these orders that a limit may hold: they sell for money, in a
        company with limits."""
        if not self or self.env.context.get("distribution_credit") is _SKIP:
            return self.browse()
        counting = self.env["distribution.credit"].sudo()._get_counting_companies()
        return self.filtered(
            lambda order: (
                order.company_id.id in counting
                and not order.is_channel_history
                and order.amount_total > 0
            )
        )

    def _is_credit_open(self):
        """Whether anything of the order can still be held."""
        self.ensure_one()
        if self.state != "sale":
            return True
        return any(
            picking.state not in ("done", "cancel")
            for picking in self.sudo().picking_ids
        )

    def _is_credit_committed(self):
        """Whether the order is in the customer's exposure as approved already."""
        self.ensure_one()
        return self.state == "sale" or self.approval_state == "approved"

    def _is_credit_released(self):
        self.ensure_one()
        currency = self.company_id.currency_id
        released = self.credit_released_amount
        return bool(released) and (
            currency.compare_amounts(self._get_credit_amount(), released) <= 0
        )

    def _get_credit_amount(self):
        """The order's total in its company's currency."""
        self.ensure_one()
        return self.amount_total / (self.currency_rate or 1.0)

    def _describe_credit_hold(self, terms, figures, added):
        """Why the customer's credit holds this order; False where it does not.

        :param terms: see ``distribution.credit._read_terms``
        :param figures: see ``distribution.credit._get_exposure``
        :param added: what comes to the exposure, company currency
        """
        self.ensure_one()
        currency = self.company_id.currency_id
        used = figures["committed"] + added
        names = {
            "partner": self.partner_invoice_id.commercial_partner_id.display_name,
            "order": self.display_name,
            "limit": currency.format(terms["limit"]),
            "used": currency.format(used),
            "over": currency.format(used - terms["limit"]),
            "overdue": currency.format(figures["overdue_amount"]),
            "late": currency.format(figures["late_amount"]),
            "days": figures["overdue_days"],
        }
        if currency.compare_amounts(used, terms["limit"]) > 0:
            return self.env._(
                "%(partner)s is over the credit limit: with %(order)s %(used)s of "
                "%(limit)s are used, %(over)s too much (overdue: %(overdue)s). Collect "
                "money, order less, or have the limit raised or the order released.",
                **names,
            )
        late = figures["late_amount"] - terms["tolerated"]
        if terms["check_overdue"] and currency.compare_amounts(late, 0.0) > 0:
            return self.env._(
                "%(partner)s pays late: %(late)s are past their time, the oldest by "
                "%(days)s days. %(order)s waits until that is paid, or released "
                "(limit %(limit)s, used %(used)s).",
                **names,
            )
        return False

    def _filter_over_credit(self):
        """Quotations that a limit would not let be confirmed, of this batch."""
        waiting = self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and not order._is_awaiting_approval()
            )
        )
        holds = waiting._get_credit_holds(take_turn=True)
        return self.browse().concat(
            *(
                order
                for order, (policy, _text) in holds.items()
                if policy == "hold" and not order._is_credit_released()
            )
        )

    def _hold_for_credit(self):
        """Keep the order a quotation and tell the salesperson, once."""
        # of a web shop: it would come back as a cart at the next visit
        self._leave_cart()
        summary = self.env._("Accepted by the customer, but over the credit limit")
        for order in self.sudo():
            if any(a.summary == summary for a in order.activity_ids):
                continue
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=order.credit_warning,
                user_id=order._get_approval_user().id,
            )

    def _get_fact_over_credit(self):
        """Override: customers with a limit of the network are judged by it, as the
        hold judges them; all others by Odoo's own."""
        facts = super()._get_fact_over_credit()
        for company, orders in self._filter_credit().grouped("company_id").items():
            credits_sudo = self.env["distribution.credit"].sudo()
            payers = orders.partner_invoice_id.commercial_partner_id
            terms = credits_sudo._get_terms(company, payers.ids)
            payers = payers.browse(terms)
            figures = credits_sudo._get_exposure(payers, company) if payers else {}
            for order in orders:
                partner_id = order.partner_invoice_id.commercial_partner_id.id
                if partner_id not in terms:
                    continue
                facts.pop(order.id, None)
                used, limit = (
                    figures[partner_id]["committed"],
                    terms[partner_id]["limit"],
                )
                if not order._is_credit_committed():
                    used += order._get_credit_amount()
                if company.currency_id.compare_amounts(used, limit) > 0:
                    facts[order.id] = (used, limit)
        return facts
