# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from .expense_budget_line import COUNTERS

#: told to the centre's manager once each, in percent of the budget
THRESHOLDS = (80, 100)
#: movements that a closed budget refuses
_USES = ("request", "actual", "top_up", "transfer_in", "transfer_out")


class BudgetReleaseNeeded(UserError):
    """More is asked for than is available where a trade manager may release it."""


class ExpenseBudgetLine(models.Model):
    """A budget line; here: how it is looked up and counted on."""

    _inherit = "expense.budget.line"

    @api.model
    def _get_available(self, company, wanted):
        """What is available for centres, types and days; one query for thousands.

        :param company: res.company
        :param wanted: iterable of ``(centre id, type id, date)``
        :return: ``{(centre id, type id, date): {"id", "policy", "state", "available",
            "budget", "used"}}`` in the company's currency; nothing for what has no
            budget line
        """
        wanted = list(dict.fromkeys(wanted))
        cells = {(c, t, day): (c, t, day.replace(day=1)) for c, t, day in wanted}
        found = self._find_lines(company, dict.fromkeys(cells.values()))
        return {key: found[cell] for key, cell in cells.items() if cell in found}

    @api.model
    def _find_lines(self, company, cells):
        """``{cell: figures}`` of those ``(centre, type, month)`` that have a line."""
        if not cells:
            return {}
        self.env["expense.budget"].flush_model(["state"])
        self.flush_model()
        centres, types, months = zip(*cells, strict=True)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, line.centre_id, line.type_id, line.month, line.policy,
                    budget.state, line.available_amount::float AS available,
                    (line.planned_amount + line.topped_up_amount
                     + line.transferred_amount + line.carried_amount)::float AS budget,
                    (line.requested_amount + line.committed_amount
                     + line.actual_amount)::float AS used
                FROM unnest(%s::int[], %s::int[], %s::date[])
                    AS wanted(centre_id, type_id, month)
                JOIN expense_budget_line line ON line.company_id = %s
                    AND line.centre_id = wanted.centre_id
                    AND line.type_id = wanted.type_id AND line.month = wanted.month
                JOIN expense_budget budget ON budget.id = line.budget_id
                """,
                list(centres),
                list(types),
                list(months),
                company.id,
            )
        )
        return {(row["centre_id"], row["type_id"], row["month"]): row for row in rows}

    @api.model
    def _book(self, vals_list):
        """Change counters of lines by movements, exactly.

        Lines are locked and updated in the order of their ids. A transaction that
        meets a line changed since its snapshot gets a serialization error, which must
        escape: Odoo then repeats the request.

        :param vals_list: dicts of ``line_id``, ``kind``, ``deltas`` (``{counter:
            amount}`` in the company's currency), ``key``; and, where it applies,
            ``reason``, ``expense_line_id``, ``account_move_id``, ``stock_move_id``,
            ``transfer_id``, ``budget_id``, ``is_released`` (may pass above an
            escalating budget), ``is_strict`` (never below zero, whatever the policy).
            A key that is known is not counted again.
        :return: the new movements, with superuser rights
        :raises ValidationError: less is available than asked for, or a closed budget
        :raises BudgetReleaseNeeded: the same where a trade manager may release it
        """
        line_model = self.sudo()
        rows = line_model._get_new_rows(vals_list)
        if not rows:
            return self.env["expense.budget.move"].sudo()
        asked = {}
        for row in rows:
            figures = asked.setdefault(
                row["line_id"], {"deltas": dict.fromkeys(COUNTERS, 0.0), "rows": []}
            )
            figures["deltas"][row["counter"]] += row["amount"]
            figures["rows"].append(row)
        overrun = [
            locked["id"]
            for locked in line_model._lock_lines(sorted(asked))
            if line_model._check_line(locked, asked[locked["id"]])
        ]
        line_model._update_counters(asked)
        moves = self.env["expense.budget.move"].sudo()._insert(rows)
        line_model.browse(asked)._alert(line_model.browse(overrun))
        return moves

    @api.model
    def _get_new_rows(self, vals_list):
        """One row a counter that changes, without those that are counted already."""
        rows = [
            {**vals, "counter": counter, "amount": amount, "key": key}
            for vals in vals_list
            for counter, amount in vals["deltas"].items()
            for key in [f"{vals['key']}:{counter}"]
            if round(amount, 6)
        ]
        if not rows:
            return rows
        known = self.env["expense.budget.move"].sudo()._get_known_keys(rows)
        return list(
            {row["key"]: row for row in rows if row["key"] not in known}.values()
        )

    @api.model
    def _lock_lines(self, line_ids):
        """Figures of these lines as they are now, locked until the end."""
        self.env["expense.budget"].flush_model(["state"])
        self.flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, line.policy, line.available_amount::float AS available,
                    (SELECT state FROM expense_budget WHERE id = line.budget_id)
                FROM expense_budget_line line WHERE line.id = ANY(%s)
                ORDER BY line.id FOR NO KEY UPDATE
                """,
                line_ids,
            )
        )

    @api.model
    def _check_line(self, locked, asked):
        """Say in words what the database's CHECK would refuse in its own.

        :return: True when more is taken than is available, which is allowed here
        """
        line = self.browse(locked["id"])
        currency = line.currency_id
        taken = -sum(sign * asked["deltas"][name] for name, sign in COUNTERS.items())
        uses = any(row["kind"] in _USES for row in asked["rows"])
        if locked["state"] != "approved" and uses:
            raise ValidationError(
                self.env._(
                    "The budget of “%(line)s” is closed, so nothing can be taken from "
                    "it or moved. Ask a trade manager to open it again.",
                    line=line.display_name,
                )
            )
        if currency.compare_amounts(taken, 0) <= 0 or (
            currency.compare_amounts(taken, locked["available"]) <= 0
        ):
            return False
        is_strict = any(row.get("is_strict") for row in asked["rows"])
        is_released = all(row.get("is_released") for row in asked["rows"])
        if locked["policy"] == "block" or is_strict:
            raise ValidationError(line._get_overrun_text(taken, locked["available"]))
        if locked["policy"] == "escalate" and not is_released:
            raise BudgetReleaseNeeded(
                line._get_overrun_text(taken, locked["available"])
                + " "
                + self.env._("A trade manager may release it with a reason.")
            )
        return True

    def _get_overrun_text(self, asked, available):
        """Who asks too much of what, in words."""
        self.ensure_one()
        currency = self.currency_id
        return self.env._(
            "Budget of %(centre)s for %(type)s in %(month)s: %(asked)s asked for, "
            "%(available)s available. Ask for less, or have the budget raised or "
            "transferred.",
            centre=self.centre_id.display_name,
            type=self.type_id.name,
            month=self.month.strftime("%Y-%m"),
            asked=formatLang(self.env, asked, currency_obj=currency),
            available=formatLang(self.env, available, currency_obj=currency),
        )

    @api.model
    def _update_counters(self, asked):
        """Add to the counters of lines, in one statement.

        :param asked: ``{line id: {"deltas": {counter: amount}}}``
        """
        ids = sorted(asked)
        columns = [
            [repr(round(asked[line_id]["deltas"][name], 6)) for line_id in ids]
            for name in COUNTERS
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE expense_budget_line line SET %(changes)s
                FROM unnest(%(ids)s::int[], %(figures)s) AS delta(id, %(names)s)
                WHERE delta.id = line.id
                """,
                changes=SQL(", ").join(self._get_counter_changes()),
                ids=ids,
                figures=SQL(", ").join(SQL("%s::numeric[]", c) for c in columns),
                names=SQL(", ").join(SQL.identifier(name) for name in COUNTERS),
            )
        )
        # the UPDATE went past the ORM
        self.browse(ids).invalidate_recordset()

    @api.model
    def _get_counter_changes(self):
        """What each column of figures becomes, from the row ``delta``."""
        signs = {f"{name}_amount": {name: 1} for name in COUNTERS}
        signs["available_amount"] = COUNTERS
        signs["budget_amount"] = {n: 1 for n, sign in COUNTERS.items() if sign > 0}
        signs["used_amount"] = {n: 1 for n, sign in COUNTERS.items() if sign < 0}
        return [
            SQL(
                "%s = COALESCE(%s, 0) + %s",
                SQL.identifier(column),
                SQL.identifier("line", column),
                SQL(" + ").join(
                    SQL("%s * %s", SQL(str(sign)), SQL.identifier("delta", name))
                    for name, sign in parts.items()
                ),
            )
            for column, parts in signs.items()
        ]

    def _alert(self, overrun):
        """Tell the centres' managers of thresholds crossed, each threshold once.

        :param overrun: lines of which more was taken now than they had; always told
        """
        crossed = {}
        for line in self:
            level = max((t for t in THRESHOLDS if line.used_percent >= t), default=0)
            if level > line.alert_percent and line.budget_id.state == "approved":
                crossed.setdefault(level, self.browse())
                crossed[level] |= line
                overrun -= line
        for level, lines in crossed.items():
            # past `write`, which keeps people's hands off the figures
            self.env.cr.execute(
                SQL(
                    "UPDATE expense_budget_line SET alert_percent = %s"
                    " WHERE id = ANY(%s)",
                    level,
                    lines.ids,
                )
            )
            lines.invalidate_recordset(["alert_percent"])
            lines._tell_managers(
                self.env._("%(level)s %% of the budget is used", level=level)
            )
        overrun._tell_managers(self.env._("More was taken than the budget has"))

    def _tell_managers(self, summary):
        """One activity for each manager and budget of these lines."""
        for (budget, manager), lines in self.grouped(
            lambda line: (line.budget_id, line.manager_id)
        ).items():
            budget._schedule_alert(manager, lines, summary)

    @api.model
    def _carry_over(self, today=None):
        """Carry what past months left to the next month, as the companies say.

        Each line gives once; only to a line of a budget that is in force.

        :return: number of lines that gave
        """
        first = (today or fields.Date.context_today(self)).replace(day=1)
        count = 0
        companies = (
            self.env["res.company"]
            .sudo()
            .search(
                [("budget_plan_id", "!=", False), ("budget_carry_over", "!=", "none")]
            )
        )
        for company in companies:
            count += self.sudo()._carry_over_company(company, first)
        return count

    @api.model
    def _carry_over_company(self, company, first):
        past = self.search(
            [
                ("company_id", "=", company.id),
                ("month", "<", first),
                ("month", ">=", fields.Date.subtract(first, months=12)),
                ("budget_id.state", "=", "approved"),
            ],
            order="month, id",
        )
        count = 0
        # month by month: what a month was given it hands on
        for lines in past.grouped("month").values():
            targets = self._find_lines(
                company, {line._get_next_cell(): None for line in lines}
            )
            vals_list = [
                vals
                for line in lines
                for vals in line._prepare_carry(targets.get(line._get_next_cell()))
            ]
            count += len(self._book(vals_list)) // 2
        return count

    def _get_next_cell(self):
        self.ensure_one()
        month = fields.Date.add(self.month, months=1)
        return self.centre_id.id, self.type_id.id, month

    def _prepare_carry(self, target):
        """Values of the two movements that carry this line's rest to ``target``."""
        company = self.company_id
        share = (
            company.budget_carry_percent if company.budget_carry_over != "all" else 100
        )
        amount = self.currency_id.round(self.available_amount * share / 100)
        if not target or target["state"] != "approved" or amount <= 0:
            return []
        common = {"kind": "carry", "reason": self.display_name}
        return [
            {
                **common,
                "line_id": line_id,
                "deltas": {"carried": sign * amount},
                "key": f"carry-{self.id}-{name}",
            }
            for line_id, sign, name in ((self.id, -1, "out"), (target["id"], 1, "in"))
        ]
