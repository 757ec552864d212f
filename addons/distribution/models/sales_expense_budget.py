# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .expense_budget_line_book import BudgetReleaseNeeded


class SalesExpense(models.Model):
    """A sales expense; here: what it takes from the budgets.

    Its lines have targets: requested while it waits, committed as far as no entry has
    come yet, actual as far as entries came. Each change books the difference to what
    the movements say, so that nothing is counted twice or forgotten.
    """

    _inherit = "sales.expense"

    needs_release = fields.Boolean(
        "Waits for Release",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="More than the budget has, which a trade manager may release.",
    )
    release_ids = fields.One2many("expense.budget.release", "expense_id", "Releases")
    is_over_budget = fields.Boolean(compute="_compute_is_over_budget")
    budget_text = fields.Char("Budget Hint", compute="_compute_is_over_budget")

    @api.depends("line_ids.budget_available_amount", "line_ids.is_over_budget", "state")
    def _compute_is_over_budget(self):
        for expense in self:
            over = expense.line_ids.filtered("is_over_budget")
            expense.is_over_budget = bool(over)
            expense.budget_text = False
            if over:
                line = over[0]
                expense.budget_text = self.env._(
                    "More than is available in %(month)s: %(available)s.",
                    month=line.date.strftime("%Y-%m"),
                    available=line.company_currency_id.format(
                        line.budget_available_amount
                    ),
                )

    def action_submit(self):
        """Ask for approval; the amounts are held in the budgets until decided.

        Where only a release is missing, the request is sent and waits for it.

        :raises ValidationError: the budget is closed, missing or too small
        """
        self.check_access("write")
        for expense in self.sorted("id").filtered(lambda e: e.state == "draft"):
            expense._check_complete()
            expense._find_budget_lines()
            try:
                with self.env.cr.savepoint():
                    expense._transition("submitted")
            except BudgetReleaseNeeded as error:
                expense.invalidate_recordset()
                expense.sudo().needs_release = True
                expense._transition("submitted")
                expense._ask_for_release(str(error))
        return True

    def action_release(self, reason):
        """Let these requests pass above their budgets.

        :param str reason: kept with the release
        :raises AccessError: not a trade manager
        """
        self._check_release_right()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the budget may be overrun."))
        for expense in self.filtered("needs_release"):
            self.env["expense.budget.release"].create(
                {
                    "company_id": expense.company_id.id,
                    "expense_id": expense.id,
                    "amount": expense.company_amount,
                    "reason": reason,
                }
            )
            expense.sudo().needs_release = False
            expense._sync_budget()
            expense.sudo().activity_unlink(["mail.mail_activity_data_todo"])
            expense._notify_approvers()
            expense.message_post(
                body=self.env._("Released above the budget: %(reason)s", reason=reason)
            )
        return True

    def _check_complete(self):
        """:raises ValidationError: the request asks for nothing"""
        self.ensure_one()
        self.sudo().centre_id._check_budget_centre(self.company_id)
        if not self.line_ids or self.currency_id.is_zero(self.amount):
            raise ValidationError(
                self.env._(
                    "“%(name)s” asks for nothing: give an amount.", name=self.title
                )
            )

    def _find_budget_lines(self):
        """Choose the budget line of each line by centre, type and month.

        :raises ValidationError: there is none, and the company asks for one
        """
        self.ensure_one()
        lines = self.line_ids
        found = (
            self.env["expense.budget.line"]
            .sudo()
            ._get_available(self.company_id, [line._get_cell() for line in lines])
        )
        for line in lines:
            row = found.get(line._get_cell())
            if not row and self.company_id.budget_missing == "block":
                raise ValidationError(
                    self.env._(
                        "%(centre)s has no budget for %(type)s in %(month)s. Ask a "
                        "trade manager to plan one, or choose another month.",
                        centre=self.sudo().centre_id.display_name,
                        type=self.type_id.name,
                        month=line.date.strftime("%Y-%m"),
                    )
                )
            line.sudo().budget_line_id = row["id"] if row else False

    def _sync_budget(self, sources=None):
        """Book the difference between what these requests should take and do take.

        :param sources: ``{expense: entries that made the difference}``
        """
        lines = self.sudo().line_ids.filtered("budget_line_id")
        if not lines:
            return
        booked, counts = lines._get_booked()
        bookings = []
        for expense in lines.expense_id:
            targets = expense._get_budget_targets()
            for line, target in targets.items():
                deltas = {
                    counter: amount - booked.get((line.id, counter), 0.0)
                    for counter, amount in target.items()
                }
                if any(round(delta, 6) for delta in deltas.values()):
                    number = counts.get(line.id, 0)
                    vals = expense._prepare_booking(line, deltas, number)
                    if moves := (sources or {}).get(expense):
                        vals["account_move_id"] = moves[:1].id
                        vals["is_released"] |= all(
                            move._is_budget_released() for move in moves
                        )
                    bookings.append(vals)
        self.env["expense.budget.line"]._book(bookings)

    def _prepare_booking(self, line, deltas, number):
        """Values for ``_book`` of one line's differences."""
        self.ensure_one()
        kind = "release"
        if deltas["requested"] > 0:
            kind = "request"
        elif deltas["actual"] > 0:
            kind = "actual"
        elif deltas["committed"] > 0 and self.state != "closed":
            kind = "commit"
        released = max(self.release_ids.mapped("amount"), default=0.0)
        return {
            "line_id": line.budget_line_id.id,
            "kind": kind,
            "deltas": deltas,
            "key": f"expense-line-{line.id}-{number}",
            "reason": self.display_name,
            "expense_line_id": line.id,
            # an entry above what was approved needs a release of its own
            "is_released": deltas["actual"] <= 0
            and self.company_currency_id.compare_amounts(released, self.company_amount)
            >= 0,
        }

    def _get_budget_targets(self):
        """``{line: {counter: amount}}`` that this request should take now."""
        self.ensure_one()
        waiting = self.state == "submitted" and not self.needs_release
        open_ = self.state in ("approved", "executed")
        targets = {}
        rest = self.actual_amount
        lines = self.line_ids.sorted(lambda line: (line.date, line.id))
        for line in lines:
            # entries use up the months in their order; the last takes what is more
            spent = rest if line == lines[-1] else min(rest, line.company_amount)
            rest -= spent
            targets[line] = {
                "requested": line.company_amount if waiting else 0.0,
                "committed": max(line.company_amount - max(spent, 0), 0)
                if open_
                else 0.0,
                "actual": self.company_currency_id.round(spent),
            }
        return {line: target for line, target in targets.items() if line.budget_line_id}

    def _update_actuals(self, sources=None):
        """Count the entries of these requests again, and book the difference.

        :param sources: ``{expense: entries that made the difference}``
        """
        sums = dict(
            self.env["sales.expense.actual"]
            .sudo()
            ._read_group(
                [("expense_id", "in", self.ids)], ["expense_id"], ["amount:sum"]
            )
        )
        for expense in self.sudo().sorted("id"):
            expense.actual_amount = sums.get(expense, 0.0)
        self._sync_budget(sources)

    def _ask_for_release(self, text):
        """An activity for the trade managers' first, or the centre's manager."""
        self.ensure_one()
        users = self.sudo().env.ref("distribution.group_trade_manager").all_user_ids
        users = users.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        )
        manager = self.sudo().centre_id.budget_manager_id
        user = manager if manager in users else users[:1]
        if user:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Above the budget: release or refuse"),
                note=text,
                user_id=user.id,
            )

    def _check_release_right(self):
        self.check_access("read")
        if not self.env.user.has_group("distribution.group_trade_manager"):
            raise AccessError(
                self.env._("Only trade managers release expenses above the budget.")
            )

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        if target in ("draft", "cancelled", "refused"):
            vals["needs_release"] = False
        return vals
