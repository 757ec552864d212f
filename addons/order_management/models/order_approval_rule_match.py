# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.fields import Command


class OrderApprovalRule(models.Model):
    """Approval rules; here: which orders they match, why, and who decides."""

    _inherit = "order.approval.rule"

    @api.model
    def _get_matches(self, orders):
        """Which rules apply to which orders, for any number of orders.

        The number of queries depends on the rules alone.

        :return: ``{order id: [(rule, [reasons])]}``, rules by level; orders that no
            rule matches are left out
        """
        return self._get_rules_of(orders)._match(orders)

    @api.model
    def _get_rules_of(self, orders):
        """The active rules of these orders' companies, as superuser."""
        return self.sudo().search([("company_id", "in", orders.company_id.ids)])

    def _match(self, orders):
        """As `_get_matches`, of these rules only.

        A rule whose condition broke matches nothing: see `_get_passed_over`.
        """
        if not self:
            return {}
        facts = orders.sudo()._get_approval_facts(self._get_used_conditions())
        matches = {}
        for rule in self:
            for order in rule._ask_or_skip(rule._filter_orders, orders):
                reasons = rule._get_reasons(facts[order.id])
                if reasons is not None:
                    matches.setdefault(order.id, []).append((rule, reasons))
        return matches

    def _filter_orders(self, orders):
        """The orders that the rule is about, whatever their figures."""
        return self._filter_by_domain(self._filter_own(orders))

    def _get_passed_over(self, orders):
        """What whoever decides about these orders is to know: rules that might have
        been about them and could not be asked.

        :return: ``{order id: text}``
        """
        notes = {}
        for rule in self.filtered("error"):
            for order in rule._filter_own(orders):
                notes.setdefault(order.id, []).append(
                    self.env._(
                        "The rule “%(rule)s” is broken and was not asked.",
                        rule=rule.name,
                    )
                )
        return {order_id: " ".join(texts) for order_id, texts in notes.items()}

    def _get_reasons(self, facts):
        """Why an order of these facts needs the approval; None when it does not.

        :param dict facts: see ``sale.order._get_approval_facts``
        """
        self.ensure_one()
        asked = [name for name in self._get_conditions() if self[f"by_{name}"]]
        if not asked:
            return [self.env._("Every order")]
        reasons = [self._get_reason(name, facts[name]) for name in asked]
        met = all(reasons) if self.logic == "all" else any(reasons)
        return [reason for reason in reasons if reason] if met else None

    def _get_reason(self, name, fact):
        """Why the condition ``name`` is met by the fact, or False; told by a method
        ``_get_reason_<name>``."""
        return fact is not None and getattr(self, f"_get_reason_{name}")(fact)

    def _get_reason_amount(self, amount):
        return self.currency_id.compare_amounts(
            amount, self.amount_over
        ) > 0 and self.env._(
            "Amount %(amount)s over %(limit)s",
            amount=self._format_amount(amount),
            limit=self._format_amount(self.amount_over),
        )

    def _get_reason_discount(self, percent):
        return round(percent - self.discount_over, 4) > 0 and self.env._(
            "Discount %(percent).4g %% over %(limit)g %%",
            percent=percent,
            limit=self.discount_over,
        )

    def _get_reason_margin(self, percent):
        return round(self.margin_under - percent, 4) > 0 and self.env._(
            "Margin %(percent).4g %% under %(limit)g %%",
            percent=percent,
            limit=self.margin_under,
        )

    def _get_reason_over_credit(self, exposure):
        return self.env._(
            "Credit: %(used)s of %(limit)s",
            used=self._format_amount(exposure[0]),
            limit=self._format_amount(exposure[1]),
        )

    def _get_reason_over_quota(self, is_over):
        return is_over and self.env._("Over quota")

    def _get_reason_new_customer(self, is_new):
        return is_new and self.env._("New customer")

    def _get_approvers(self, orders):
        """Who may decide by these rules: reviewers of the order's company only.

        :return: ``{(rule id, order id): users}``, those who own the order not taken out
            yet, and ``{company: managers}`` beside them
        """
        steps = self.env["order.approval.step"]
        approvers = {}
        for company, company_orders in orders.grouped("company_id").items():
            reviewers = steps._get_reviewers(company)
            approvers[company] = steps._get_reviewers(company, "manager")
            for rule in self:
                if rule.company_id != company:
                    continue
                approvers.update(rule._get_company_approvers(company_orders, reviewers))
        return approvers

    def _get_company_approvers(self, orders, reviewers):
        self.ensure_one()
        if self.approver_type == "leader":
            return {
                (self.id, order.id): order._get_team_leader() & reviewers
                for order in orders
            }
        named = self._get_named_approvers()
        return {(self.id, order.id): named & reviewers for order in orders}

    def _prepare_steps(self, order, reasons, approvers):
        """Values of the steps by which ``order`` is decided according to this rule.

        Where too few of those named are left (they own the order, left the company, a
        team has no leader), managers of the hub decide as well.

        :param approvers: what `_get_approvers` returned
        """
        self.ensure_one()
        users = approvers[self.id, order.id]
        owners = users.browse()
        if self.is_own_forbidden:
            owners = order._get_approval_owners()
        why = "; ".join(reasons)
        if len(users - owners) < self.min_approvals:
            users |= approvers[order.company_id]
            why += " " + self.env._("(too few approvers: managers decide as well)")
        vals = {
            "order_id": order.id,
            "rule_id": self.id,
            "level": self.level,
            "why": why,
            "approver_ids": [Command.set((users - owners).ids)],
            "excluded_ids": [Command.set(owners.ids)],
        }
        return [vals] * self.min_approvals
