# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import hashlib
import json
import logging

from odoo import fields, models

from ..tools.figures import plain_figure
from ..tools.transient import is_transient

_logger = logging.getLogger(__name__)
#: findings of a rule that could not be asked
_BROKEN = "broken"


class SaleOrder(models.Model):
    """An order; here: how the rules of the review are asked, many orders at once.

    Each rule is asked once for all orders; what it finds becomes holds by one insert.
    """

    _inherit = "sale.order"

    def _review(self):
        """Hold the orders that somebody has to look at.

        Nothing is raised and nobody is asked: a batch goes on with what is clean.
        Without a company or channel that reviews, one look-up in a cache.

        :return: the orders that nothing holds
        """
        orders = super()._review()
        self._filter_reviewable()._run_review()
        return orders.filtered(lambda order: order.review_state != "held")

    def _run_review(self, rules=None):
        """Ask rules about these orders and keep what they find.

        :param rules: those asked, by default all
        """
        if not self:
            return
        orders_sudo = self.sudo()
        is_whole = rules is None
        if is_whole:
            rules = self.env["exception.rule"]._get_review_rules()
        # whoever else reviews or releases them now meets us, and starts over
        orders_sudo._take_review_turn()
        findings, broken = orders_sudo._ask_rules(rules)
        exempt = self.env["order.whitelist"]._get_exempt(orders_sudo)
        for order_id, skipped in exempt.items():
            for rule in list(findings.get(order_id, ())):
                if skipped is None or rule.id in skipped:
                    del findings[order_id][rule]
        orders_sudo._settle_holds(findings, rules - broken, is_whole)
        orders_sudo._refresh_review_state(reviewed=is_whole)

    def _take_review_turn(self):
        """Meet whoever else reviews or releases these orders at the same moment."""
        # what is pending would lose the write date that the touch forgets
        self.env.flush_all()
        self._touch_approval()

    def _ask_rules(self, rules):
        """What each rule finds.

        A rule that fails is left out, its owner told; the orders it would have judged
        carry a note and go on: one broken rule stops neither them nor the other rules.

        :return: ``{order id: {rule: (reason, facts)}}``, rules that failed
        """
        findings = {order.id: {} for order in self}
        broken = rules.browse()
        for rule in rules:
            try:
                with self.env.cr.savepoint():
                    found = rule._find(self)
            except Exception as error:  # pylint: disable=broad-except
                if is_transient(error):
                    raise
                _logger.info("Review rule %s is broken: %s", rule.id, error)
                rule._note_broken(str(error))
                broken |= rule
                text = self.env._(
                    "The rule “%(rule)s” is broken and was not asked.", rule=rule.name
                )
                about = self.filtered(rule._is_about)
                found = dict.fromkeys(about.ids, (text, _BROKEN))
            for order_id, finding in found.items():
                findings[order_id][rule] = finding
        return findings, broken

    def _settle_holds(self, findings, asked, is_whole):
        """Make holds of what is new, clear what is gone, leave what was decided.

        :param findings: see ``_ask_rules``
        :param asked: the rules that answered
        :param is_whole: all rules were asked: holds of others have no rule any more
        """
        holds_sudo = self.env["order.review.hold"].sudo()
        sources = {order: order._get_split_sources() for order in self}
        ids = set(self.ids)
        known = holds_sudo.search(
            [("order_id", "in", self.union(*sources.values()).ids)]
        )
        still_open = known.filtered(
            lambda hold: hold.state == "open" and hold.order_id.id in ids
        )
        by_key = {(hold.order_id.id, hold.rule_id.id): hold for hold in still_open}
        decided = {
            (hold.order_id.id, hold.rule_id.id, hold.fingerprint)
            for hold in known
            if hold.state != "open" and not hold.is_auto
        }
        vals_list, gone, owners = [], still_open, {}
        for order in self:
            for rule, (reason, facts) in findings[order.id].items():
                fingerprint = _get_fingerprint(facts)
                hold = by_key.get((order.id, rule.id))
                if hold:
                    gone -= hold
                    hold._update_finding(reason, fingerprint)
                elif not any(
                    (one.id, rule.id, fingerprint) in decided
                    for one in order | sources[order]
                ):
                    is_note = facts == _BROKEN or rule.review_mode == "note"
                    vals = order._prepare_hold_vals(rule, owners)
                    vals |= {"reason": reason, "fingerprint": fingerprint}
                    vals_list.append({**vals, "is_note": is_note})
        self._clear_gone(gone, asked, is_whole)
        holds = holds_sudo.create(vals_list)
        reasons = {hold.id: hold.reason for hold in holds}
        holds._log_event("review", None, "open", reasons)

    def _get_split_sources(self):
        """The orders that this one was split from: decided once is decided."""
        self.ensure_one()
        sources = self.browse()
        while parent := (sources[-1:] or self).split_parent_id:
            sources |= parent
        return sources

    def _clear_gone(self, holds, asked, is_whole):
        answered = holds.filtered(
            lambda hold: hold.rule_id in asked and hold.rule_id.auto_release
        )
        answered._clear(self.env._("The cause is gone."))
        if is_whole:
            inactive = (holds - answered).filtered(lambda hold: not hold.rule_id.active)
            inactive._clear(self.env._("The rule was switched off."))

    def _prepare_hold_vals(self, rule, owners):
        """:param owners: ``{(channel id, company id): user id}`` found so far"""
        self.ensure_one()
        user_id = rule.review_user_id.id
        if not user_id and not rule.review_group_id:
            key = (self.sale_channel_id.id, self.company_id.id)
            if key not in owners:
                owners[key] = self._get_review_owner().id
            user_id = owners[key]
        return {
            "order_id": self.id,
            "rule_id": rule.id,
            "user_id": user_id,
            "group_id": rule.review_group_id.id,
        }

    def _get_review_owner(self):
        """Who handles a hold whose rule names nobody."""
        channel = self.sale_channel_id
        user = channel._get_mail_user() if channel else self.env["res.users"]
        return user or channel._get_hub_manager(self.company_id)

    def _get_review_facts(self):
        """What the order says, for findings that may rest on anything of it."""
        self.ensure_one()
        lines = [
            [
                line.product_id.id,
                line.product_uom_id.id,
                plain_figure(line.product_uom_qty),
                plain_figure(line.price_unit),
                plain_figure(line.discount),
            ]
            for line in self.order_line.sorted("id")
            if not line.display_type
        ]
        return [
            self.partner_id.id,
            self.partner_invoice_id.id,
            self.partner_shipping_id.id,
            self.currency_id.id,
            self.buyer_note or "",
            lines,
        ]

    def _refresh_review_state(self, reviewed=False):
        """Bring the state of these orders in line with their holds.

        :return: orders that were held and are not any more
        """
        groups = (
            self.env["order.review.hold"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("is_note", "=", False)],
                ["order_id", "state"],
                ["__count"],
            )
        )
        states = {}
        for order, state, _count in groups:
            states.setdefault(order.id, set()).add(state)
        freed, targets = self.browse(), {}
        for order in self:
            found = states.get(order.id, ())
            target = "held" if "open" in found else "released" if found else "clean"
            if order.review_state == "held" and target != "held":
                freed |= order
            if order.review_state != target or reviewed and not order.reviewed_at:
                targets.setdefault(target, []).append(order.id)
        for target, ids in targets.items():
            self.browse(ids)._save_review(
                {"review_state": target, "reviewed_at": fields.Datetime.now()}
            )
        return freed


class OrderReviewHold(models.Model):
    _inherit = "order.review.hold"

    def _update_finding(self, reason, fingerprint):
        """The same rule finds something else now: the hold says so."""
        self.ensure_one()
        if self.fingerprint == fingerprint and self.reason == reason:
            return
        is_news = self.fingerprint != fingerprint
        self.write({"reason": reason, "fingerprint": fingerprint})
        if is_news:
            self._log_event("review", "open", "open", reason)


def _get_fingerprint(facts):
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
