# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .order_approval_step import LIVE_STATES


class SaleOrder(models.Model):
    """An order; here: whose approval it waits for, and what they decide."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    approval_step_ids = fields.One2many(
        "order.approval.step", "order_id", "Approval Steps", readonly=True
    )
    is_my_approval = fields.Boolean(
        "For Me to Approve",
        compute="_compute_is_my_approval",
        search="_search_is_my_approval",
    )
    approval_why = fields.Text(
        "Needs Approval Because", compute="_compute_approval_why"
    )
    approval_waiting_for = fields.Char("Waits For", compute="_compute_approval_why")

    @api.depends("approval_state", "approval_step_ids.state")
    @api.depends_context("uid")
    def _compute_is_my_approval(self):
        # without approval, or without the right, nothing is looked up
        explicit = self.filtered(lambda order: order.approval_mode == "explicit")
        mine = self.browse()
        if explicit and self.env.user.has_group("order_management.group_reviewer"):
            domain = Domain("id", "in", explicit._origin.ids)
            mine = self.search(domain & self._get_my_approval_domain())
        for order in self:
            order.is_my_approval = order._origin in mine

    def _search_is_my_approval(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_my_approval_domain()
        return domain if True in value else ~domain

    @api.depends("approval_step_ids.state")
    def _compute_approval_why(self):
        explicit = self.filtered(lambda order: order.approval_mode == "explicit")
        steps = explicit._get_live_steps().filtered(lambda s: s.state == "pending")
        by_order = steps.grouped("order_id")
        for order in self:
            pending = by_order.get(order._origin.sudo(), steps.browse())
            whys = dict.fromkeys(pending.filtered("why").mapped("why"))
            names = dict.fromkeys(filter(None, pending.mapped("waiting_for")))
            order.approval_why = "\n".join(whys) or False
            order.approval_waiting_for = "; ".join(names) or False

    def action_approve(self):
        """Approve: the current user's step, and with the last step the order.

        Each line is approved as ordered, unless a reviewer wrote another quantity (with
        its reason) before. Any number of orders at once; the system itself (superuser)
        takes all steps.

        :raises AccessError: not a reviewer
        :raises UserError: not submitted, others have to decide, or nothing would be
            approved
        """
        self._check_reviewer()
        self.check_access("write")
        deciding = self._get_deciding()
        done = deciding._sign_approval("approved")
        raised = done.filtered(lambda order: order.approval_state == "approved")
        (self - deciding + done - raised)._approval_transition("approved")
        raised._apply_raise()
        return True

    def action_refuse(self, reason=None):
        """Refuse what was submitted; without a reason, ask for one.

        :return: True, or the action that opens the question
        :raises AccessError: not a reviewer
        :raises UserError: not submitted, or others have to decide
        """
        self._check_reviewer()
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Refuse"),
                "res_model": "sale.order.refuse",
                "view_mode": "form",
                "target": "new",
                "context": {"default_order_ids": self.ids},
            }
        deciding = self._get_deciding()
        deciding._sign_approval("refused", reason)
        raised = deciding.filtered(lambda order: order.approval_state == "approved")
        (self - raised)._approval_transition("refused", reason)
        raised._refuse_raise(reason)
        return True

    def action_ask_again(self):
        """Ask anew by the rules of today: approvers who left, a rule that changed.

        Signatures given so far are void.

        :raises UserError: an order that waits for nobody
        """
        self.check_access("write")
        waiting = self._get_deciding()
        if self - waiting:
            raise UserError(
                self.env._(
                    "%(orders)s does not wait for an approval.",
                    orders=", ".join((self - waiting).mapped("display_name")),
                )
            )
        for kind, orders in waiting.grouped(
            lambda order: "raise" if order.state == "sale" else "order"
        ).items():
            orders._open_approval_steps(kind)
        return True

    def _get_live_steps(self):
        """Steps of these orders that are not decided yet, as superuser."""
        return (
            self.env["order.approval.step"]
            .sudo()
            .search(
                [("order_id", "in", self._origin.ids), ("state", "in", LIVE_STATES)]
            )
        )

    def _get_deciding(self):
        """Those of these orders that somebody has to decide."""
        asked = self._get_live_steps().order_id.ids
        return self.filtered(
            lambda order: order.approval_state == "to_approve" or order.id in asked
        )

    def _sign_approval(self, state, note=None):
        """Decide the steps of these orders that are the current user's.

        :return: orders that nobody else has to decide
        :raises UserError: an order that others have to decide
        """
        if not self:
            return self
        self._touch_approval()
        live_sudo = self._get_live_steps()
        if self.env.su:
            mine = dict.fromkeys(live_sudo, self.env.user.browse())
        else:
            mine = self._take_one_a_rule(live_sudo.sudo(False)._get_mine())
            self._check_my_turn(live_sudo, mine)
        decided_sudo = live_sudo.browse(step.id for step in mine)
        decided_sudo._decide(state, {s.sudo(): user for s, user in mine.items()}, note)
        self._log_signatures(mine, state, note)
        left_sudo = live_sudo - decided_sudo
        if state == "approved":
            self._exclude_signed(mine, left_sudo)
            turn_sudo = left_sudo._advance()
            self._end_notifications(decided_sudo, left_sudo)
            self._notify_turn(turn_sudo)
        return self - self.browse(left_sudo.order_id.ids)

    @api.model
    def _take_one_a_rule(self, mine):
        """Of several approvals that a rule needs one person gives one."""
        taken = {}
        for step in mine:
            taken.setdefault((step.order_id, step.sudo().rule_id), step)
        return {step: mine[step] for step in taken.values()}

    def _check_my_turn(self, live, mine):
        """:raises UserError: an order whose steps are all for others"""
        own = {step.order_id.id for step in mine}
        for order, steps in live.grouped("order_id").items():
            if order.id in own:
                continue
            pending = steps.filtered(lambda step: step.state == "pending")
            if self.env.user in pending.excluded_ids:
                raise UserError(
                    self.env._(
                        "%(order)s is your own, or you have approved it already. It "
                        "waits for %(names)s.",
                        order=order.display_name,
                        names=order._get_names_asked(pending),
                    )
                )
            raise UserError(
                self.env._(
                    "%(order)s is not for you to decide. It waits for %(names)s.",
                    order=order.display_name,
                    names=order._get_names_asked(pending),
                )
            )

    def _get_names_asked(self, steps):
        names = dict.fromkeys(filter(None, steps.mapped("waiting_for")))
        return "; ".join(names) or self.env._(
            "nobody: name other approvers in the rule, then use Ask Again"
        )

    @api.model
    def _exclude_signed(self, mine, left):
        """Who signed for a rule cannot sign for it again, nor for the same absent."""
        by_absent = {}
        for step, absent in mine.items():
            by_absent.setdefault(absent, set()).add((step.order_id, step.rule_id))
        for absent, keys in by_absent.items():
            siblings = left.filtered(
                lambda s, keys=keys: (s.order_id, s.rule_id) in keys
            )
            siblings._exclude(self.env.user | absent)

    def _touch_approval(self):
        """Make two people who decide at the same moment meet.

        Each would see the other's step undecided, and nobody the last one. At
        REPEATABLE READ a lock alone lets the waiter go on with its old snapshot; the
        update makes it start over.
        """
        self.env.execute_query(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM sale_order WHERE id = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC'
                FROM locked WHERE sale_order.id = locked.id
                """,
                list(self.ids),
            )
        )
        # written behind the ORM's back; nothing pending touches this column's meaning
        self.invalidate_recordset(["write_date"], flush=False)

    def _log_signatures(self, mine, state, note):
        """One event an order that was signed, one insert for each wording."""
        by_absent = {}
        for step, absent in mine.items():
            by_absent.setdefault(absent, set()).add(step.order_id.id)
        for absent, order_ids in by_absent.items():
            reason = note or ""
            if absent:
                reason = self.env._(
                    "Standing in for %(name)s. %(reason)s",
                    name=absent.name,
                    reason=reason,
                ).strip()
            self.browse(order_ids)._log_event("sign", None, state, reason or None)

    # ------------------------------------------------------------- opening

    def _after_to_approve(self):
        """The orders wait: ask whoever the rules name, else any reviewer."""
        self._open_approval_steps()

    def _after_refused(self):
        """What others had to decide needs no decision any more."""
        self._close_approval_steps()

    def _after_approved(self):
        result = super()._after_approved()
        self._close_approval_steps()
        return result

    def _after_none(self):
        result = super()._after_none()
        self._close_approval_steps(supersede=True)
        return result

    def _close_approval_steps(self, supersede=False):
        """End what nobody decided; with ``supersede``, the decisions are history."""
        live = self._get_live_steps()
        self._end_notifications(live, live.browse())
        live._close()
        if supersede:
            current = live.search(
                [("order_id", "in", self.ids), ("is_current", "=", True)]
            )
            if current:
                current.write({"is_current": False})

    def _open_approval_steps(self, kind="order", vals_list=None):
        """Ask for the approvals that these orders need, from the beginning.

        :param kind: ``order``, or ``raise`` for a change of confirmed orders
        :param vals_list: the steps, when they are known already
        """
        if not self:
            return
        self._close_approval_steps(supersede=True)
        steps_sudo = self.env["order.approval.step"].sudo()
        if vals_list is None:
            vals_list = self._prepare_approval_steps(kind)
        steps_sudo = steps_sudo.create(vals_list)
        self._notify_turn(steps_sudo.filtered(lambda step: step.state == "pending"))

    def _prepare_approval_steps(self, kind="order"):
        """Values of the steps that these orders need by the rules of now."""
        rules = self.env["order.approval.rule"]._get_rules_of(self)
        matches = rules._match(self)
        passed_over = rules._get_passed_over(self)
        matched = rules.concat(
            *(rule for rows in matches.values() for rule, _w in rows)
        )
        asked = self.browse(matches)
        approvers = matched._get_approvers(asked)
        vals_list = []
        for order in self:
            rows = matches.get(order.id, [])
            note = passed_over.get(order.id)
            first = min((rule.level for rule, _reasons in rows), default=1)
            if not rows:
                vals_list.append(order._prepare_open_step(kind, note))
            for rule, reasons in rows:
                why = [*reasons, note] if note else reasons
                vals = rule._prepare_steps(order, why, approvers)
                state = "pending" if rule.level == first else "waiting"
                vals_list += [{**step, "state": state, "kind": kind} for step in vals]
        return vals_list

    def _prepare_open_step(self, kind, note=None):
        """A step for any reviewer: no rule matches the order.

        :param note: what they are to know
        """
        vals = {"order_id": self.id, "kind": kind, "state": "pending", "is_open": True}
        return {**vals, "why": note} if note else vals

    def _refresh_approval_steps(self, kind="order"):
        """After a change: ask anew where others have to decide now, or somebody has
        decided on other terms; leave the rest in peace."""
        if not self:
            return
        vals_list = self._prepare_approval_steps(kind)
        wanted = {}
        for vals in vals_list:
            wanted.setdefault(vals["order_id"], []).append(vals)
        current = self.env["order.approval.step"].sudo()
        current = current.search(
            [("order_id", "in", self.ids), ("is_current", "=", True)]
        ).grouped("order_id")
        changed = self.filtered(
            lambda order: (
                not current.get(order.sudo())
                or current[order.sudo()]._differ(wanted[order.id])
            )
        )
        ids = set(changed.ids)
        changed._open_approval_steps(
            kind, [vals for vals in vals_list if vals["order_id"] in ids]
        )
