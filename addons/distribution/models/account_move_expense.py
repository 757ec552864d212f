# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

#: values of an entry line that say where and how much it counts
_MEANING = (
    "expense_id",
    "centre_id",
    "type_id",
    "amount",
    "account_move_line_id",
    "budget_line_id",
)
#: Proof that entries are counted at the end of `_post`, when their lines are final: an
#: object no RPC context can carry.
_POSTING = object()


class AccountMove(models.Model):
    """An entry; here: what its lines spend of the budgets for selling.

    It counts with posting, whoever posts, and is given back with a reset to draft. In
    a company without responsibility centres nothing is looked up.
    """

    _inherit = "account.move"

    budget_release_ids = fields.One2many(
        "expense.budget.release", "account_move_id", "Budget Releases"
    )
    sales_expense_count = fields.Integer(compute="_compute_sales_expense_count")

    def _compute_sales_expense_count(self):
        counts = dict(
            self.env["sales.expense.actual"]
            .sudo()
            ._read_group(
                [("account_move_id", "in", self.ids)], ["account_move_id"], ["__count"]
            )
        )
        for move in self:
            move.sales_expense_count = counts.get(move._origin, 0)

    def _post(self, soft=True):
        """Override of `account`: posted lines take from the budgets."""
        # asked before: posting drops what is known of the entries, and where nobody
        # budgets they are not to be read once more
        budgeted = self.filtered(lambda move: move.company_id.sudo().budget_plan_id)
        posting = self.with_context(distribution_expense_posting=_POSTING)
        posted = super(AccountMove, posting)._post(soft).with_env(self.env)
        (posted & budgeted)._sync_expense_budget()
        return posted

    def write(self, vals):
        """Override of `account`: what is not posted any more gives back; and what is
        posted past the button by writing the state takes from the budgets, too."""
        changed = self.browse()
        if vals.get("state") in ("draft", "cancel"):
            changed = self.filtered(lambda move: move.state == "posted")
        elif (
            vals.get("state") == "posted"
            and self.env.context.get("distribution_expense_posting") is not _POSTING
        ):
            changed = self.filtered(lambda move: move.state != "posted")
        result = super().write(vals)
        changed._sync_expense_budget()
        return result

    def action_view_sales_expenses(self):
        """Open what these entries spent on selling."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.sales_expense_actual_action"
        )
        return {
            **action,
            "domain": [("account_move_id", "in", self.ids)],
            "context": {},
        }

    def action_release_budget(self, reason):
        """Let these entries pass above escalating budgets, up to their amount.

        :param str reason: kept with the release
        :raises AccessError: not a trade manager
        :raises UserError: no reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the budget may be overrun."))
        for move in self:
            self.env["expense.budget.release"].create(
                {
                    "company_id": move.company_id.id,
                    "account_move_id": move.id,
                    "amount": abs(move.amount_total_signed),
                    "reason": reason,
                }
            )
            # the trade manager need not be an accountant
            move.sudo().message_post(
                body=self.env._("Released above the budget: %(reason)s", reason=reason)
            )
        return True

    def _sync_expense_budget(self):
        """Count what these entries spend, and book the difference to the budgets.

        :raises ValidationError: a budget is closed or has less
        """
        for company, moves in self.grouped("company_id").items():
            if company.sudo().budget_plan_id:
                moves.sudo()._sync_expense_budget_company(company.sudo())

    def _sync_expense_budget_company(self, company):
        Actual = self.env["sales.expense.actual"]
        old = Actual.search(
            [("account_move_id", "in", self.ids), ("stock_move_id", "=", False)]
        )
        wanted = self._prepare_expense_actuals(company)
        if not old and not wanted:
            return
        by_meaning = {
            tuple(values.get(name) or False for name in _MEANING): values
            for values in wanted
        }
        kept = old.filtered(lambda actual: actual._get_meaning() in by_meaning)
        known = {actual._get_meaning() for actual in kept}
        sources = (old - kept)._get_expense_moves()
        (old - kept).unlink()
        made = Actual.create(
            [vals for meaning, vals in by_meaning.items() if meaning not in known]
        )
        self._book_direct_actuals(kept | made)
        for expense, moves in made._get_expense_moves().items():
            sources[expense] = sources.get(expense, self.browse()) | moves
        self.env["sales.expense"].union(*sources)._update_actuals(sources)

    def _prepare_expense_actuals(self, company):
        """Values of what these entries spend, as far as they are posted."""
        lines = self.filtered(lambda move: move.state == "posted").line_ids.filtered(
            lambda line: line.display_type in ("product", False)
        )
        types = self._get_expense_types(company)
        lines = lines.filtered(
            lambda line: line.sales_expense_id or line.account_id.id in types
        )
        centres = self._get_expense_centres(lines, company)
        result = [
            vals
            for line in lines
            for vals in line._prepare_expense_actuals(types, centres)
        ]
        self._find_direct_lines(company, result)
        return result

    def _get_expense_types(self, company):
        """``{account id: sales.expense.type}`` of the company."""
        types = {}
        for type_ in self.env["sales.expense.type"].search(
            [("company_id", "=", company.id), ("account_id", "!=", False)]
        ):
            types.setdefault(type_.account_id.id, type_)
        return types

    def _get_expense_centres(self, lines, company):
        """The company's centres that are named in the lines' distributions."""
        account_ids = {
            int(account_id)
            for line in lines
            for key in line.analytic_distribution or {}
            for account_id in key.split(",")
        }
        centres = self.env["account.analytic.account"].with_context(active_test=False)
        return centres.search(
            [
                ("id", "in", list(account_ids)),
                ("root_plan_id", "=", company.budget_plan_id.id),
            ]
        )

    def _find_direct_lines(self, company, vals_list):
        """Set the budget line of what has no request.

        :raises ValidationError: there is none, and the company asks for one
        """
        direct = [vals for vals in vals_list if not vals.get("expense_id")]
        for vals in vals_list:
            vals.setdefault("expense_id", False)
        found = self.env["expense.budget.line"]._get_available(
            company, [_get_cell(vals) for vals in direct]
        )
        for vals in direct:
            row = found.get(_get_cell(vals))
            vals["budget_line_id"] = row["id"] if row else False
            if not row and company.budget_missing == "block" and vals["amount"] > 0:
                centres = self.env["account.analytic.account"]
                raise ValidationError(
                    self.env._(
                        "%(centre)s has no budget for %(type)s in %(month)s, so this "
                        "cannot be posted. Ask a trade manager to plan one, or link "
                        "the line to an approved sales expense.",
                        centre=centres.browse(vals["centre_id"]).display_name,
                        type=self.env["sales.expense.type"]
                        .browse(vals["type_id"])
                        .name,
                        month=vals["date"].strftime("%Y-%m"),
                    )
                )

    def _book_direct_actuals(self, actuals):
        """Book the difference between these entries without request and movements."""
        booked, counts = {}, {}
        for move, line, amount, count in self.env["expense.budget.move"]._read_group(
            [("account_move_id", "in", self.ids), ("expense_line_id", "=", False)],
            ["account_move_id", "line_id"],
            ["amount:sum", "__count"],
        ):
            booked[move.id, line.id] = amount
            counts[move.id, line.id] = count
        wanted = dict.fromkeys(booked, 0.0)
        for actual in actuals.filtered("budget_line_id"):
            key = (actual.account_move_id.id, actual.budget_line_id.id)
            wanted[key] = wanted.get(key, 0.0) + actual.amount
        bookings = []
        for (move_id, line_id), amount in wanted.items():
            delta = amount - booked.get((move_id, line_id), 0.0)
            move = self.browse(move_id)
            number = counts.get((move_id, line_id), 0)
            bookings.append(
                {
                    "line_id": line_id,
                    "kind": "actual" if delta > 0 else "release",
                    "deltas": {"actual": delta},
                    "key": f"entry-{move_id}-{line_id}-{number}",
                    "account_move_id": move_id,
                    "reason": move.name,
                    "is_released": move._is_budget_released(),
                }
            )
        self.env["expense.budget.line"]._book(bookings)

    def _is_budget_released(self):
        """A trade manager let this entry pass, and it did not become dearer since."""
        self.ensure_one()
        released = max(self.budget_release_ids.mapped("amount"), default=None)
        return released is not None and (
            self.company_currency_id.compare_amounts(
                abs(self.amount_total_signed), released
            )
            <= 0
        )


def _get_cell(vals):
    return vals["centre_id"], vals["type_id"], vals["date"]
