# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import start_of

#: months of the charts
CHART_MONTHS = 12
#: rows of a ranking on the screen
RANK_ROWS = 10
#: years of a period of one's own choice
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


class DistributionBoard(models.AbstractModel):
    """The dashboard of distribution: every figure of it in one call.

    Figures are read with the rights of who looks at them, in the companies chosen, and
    in the currency of the first of these. The number of queries is the same for any
    number of members, orders and postings.
    """

    _name = "distribution.board"
    _description = "Distribution Dashboard"

    @api.model
    def get_figures(self, options=None):
        """Everything the dashboard shows.

        :param options: ``period`` (see `_get_periods`), with ``date_from`` and
            ``date_to`` for ``custom``; ``territory_id``; ``flow`` by which is ranked
        :raises AccessError: for who has no business in distribution
        :raises UserError: dates that are none
        """
        return self._get_figures(options or {}, RANK_ROWS)

    @api.model
    def export(self, options=None):
        """The action that downloads the dashboard as a spreadsheet.

        :raises AccessError: for who has no business in distribution
        """
        self._check_reader()
        report = self.env.ref("distribution.distribution_board_xlsx_report")
        return report.report_action(None, data={"options": options or {}}, config=False)

    @api.model
    def _check_reader(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("distribution.group_rep")
            or user.has_group("distribution.group_accountant")
        ):
            raise AccessError(
                self.env._(
                    "The dashboard is for people who work in distribution. Ask an "
                    "administrator for the access."
                )
            )

    @api.model
    def _get_figures(self, options, rank_rows=None):
        """See `get_figures`.

        :param rank_rows: how many rows a ranking has; None: all
        """
        self._check_reader()
        # read by own queries: what was written in this transaction counts, too
        self.env.flush_all()
        scope = self._prepare_scope(options)
        return {
            "period": {
                name: fields.Date.to_string(scope[name])
                for name in ("date_from", "date_to", "before_from", "before_to")
            },
            "chosen": {
                "period": scope["period"],
                "territory_id": scope["territory_id"],
                "flow": scope["flow"],
            },
            "choices": {
                "periods": self._get_periods(),
                "flows": self._get_flow_names(),
                "territories": [
                    (territory.id, territory.display_name)
                    for territory in self.env["distribution.territory"].search([])
                ],
            },
            "currency_id": self.env.company.currency_id.id,
            **self._get_sections(scope, rank_rows),
        }

    @api.model
    def _get_sections(self, scope, rank_rows):
        """Tiles, charts and rankings; addons with figures of their own add theirs."""
        flows = self._get_flows(scope)
        coverage = self._get_coverage(scope)
        debt = self._get_debt(scope)
        budget = self._get_budget(scope)
        return {
            "tiles": [
                *self._get_flow_tiles(scope, flows),
                self._get_coverage_tile(scope, coverage),
                self._get_target_tile(scope),
                self._get_debt_tile(scope, debt),
                self._get_credit_tile(scope),
                *self._get_budget_tiles(scope, budget),
                *self._get_claim_tiles(scope),
            ],
            "charts": [
                self._get_flow_chart(scope, flows),
                self._get_debt_chart(scope, debt),
                *self._get_budget_charts(scope, budget),
            ],
            "ranks": self._get_ranks(scope, rank_rows),
            "coverage": coverage,
        }

    # --- what is looked at ---
    @api.model
    def _get_periods(self):
        return [
            ("month", self.env._("This month")),
            ("last_month", self.env._("Last month")),
            ("quarter", self.env._("This quarter")),
            ("last_quarter", self.env._("Last quarter")),
            ("year", self.env._("This year")),
            ("last_year", self.env._("Last year")),
            ("custom", self.env._("Days of your choice")),
        ]

    @api.model
    def _prepare_scope(self, options):
        """The period, the one before it to compare with, and the restrictions.

        A period that runs is compared with as many days of the one before.
        """
        period = options.get("period") or "month"
        today = fields.Date.context_today(self)
        if period == "custom":
            date_from, date_to = self._read_dates(options)
            before_to = date_from - timedelta(days=1)
            before_from = before_to - (date_to - date_from)
        else:
            if period not in dict(self._get_periods()):
                raise UserError(self.env._("Choose one of the periods of the list."))
            unit = period.removeprefix("last_")
            step = relativedelta(months={"month": 1, "quarter": 3, "year": 12}[unit])
            start = start_of(today, unit)
            date_from = start - step if unit != period else start
            date_to = date_from + step - timedelta(days=1)
            before_from = date_from - step
            before_to = date_from - timedelta(days=1)
            if date_to > today:
                before_to = min(before_to, today - step)
        flow = options.get("flow")
        return {
            "period": period,
            "date_from": date_from,
            "date_to": date_to,
            "before_from": before_from,
            "before_to": before_to,
            "chart_from": date_to + relativedelta(day=1, months=1 - CHART_MONTHS),
            "today": today,
            "territory_id": int(options.get("territory_id") or 0) or False,
            "flow": flow if flow in self._get_flow_names() else "sell_in",
        }

    @api.model
    def _read_dates(self, options):
        try:
            dates = [
                fields.Date.to_date(options.get(name))
                for name in ("date_from", "date_to")
            ]
        except (TypeError, ValueError):
            dates = []
        # far years come while people type one: 0002, 0020
        if len(dates) < 2 or not all(
            day and _FIRST_YEAR <= day.year <= _LAST_YEAR for day in dates
        ):
            dates = []
        if not dates or dates[0] > dates[1]:
            raise UserError(
                self.env._("Give a first day, and a last day that is not before it.")
            )
        return dates

    @api.model
    def _get_domain(self, scope, territory="territory_id"):
        """Companies and territory of the dashboard, for a model with a company."""
        domain = Domain("company_id", "in", self.env.companies.ids)
        if scope["territory_id"] and territory:
            domain &= Domain(territory, "child_of", scope["territory_id"])
        return domain

    @api.model
    def _can_read(self, model):
        return self.env[model].has_access("read")

    # --- money of several companies ---
    @api.model
    def _sql_amount(self, table, column):
        """``column`` in the currency of the dashboard; rates are those of today."""
        amount = SQL.identifier(table, column)
        own = self.env.company
        others = self.env.companies.filtered(
            lambda company: company.currency_id != own.currency_id
        )
        if not others:
            return amount
        today = fields.Date.context_today(self)
        cases = SQL(" ").join(
            SQL(
                "WHEN %s THEN %s",
                company.id,
                company.currency_id._get_conversion_rate(
                    company.currency_id, own.currency_id, own, today
                ),
            )
            for company in others
        )
        return SQL(
            "(%s * CASE %s %s ELSE 1 END)",
            amount,
            SQL.identifier(table, "company_id"),
            cases,
        )

    @api.model
    def _select(self, model, domain, columns, groupby=None):
        """Rows of one query over what the user may see of ``model``."""
        query = self.env[model]._search(domain)
        if groupby is not None:
            query.groupby = groupby
        return self.env.execute_query(query.select(*columns))

    # --- what tiles have in common ---
    @api.model
    def _prepare_action(self, xmlid, domain, **context):
        """What opens the list behind a figure; the client adds the views.

        :param domain: its values must be plain JSON
        """
        return {"xmlid": xmlid, "domain": list(Domain(domain)), "context": context}

    @api.model
    def _get_date_domain(self, scope, field="date"):
        return Domain(field, ">=", fields.Date.to_string(scope["date_from"])) & Domain(
            field, "<=", fields.Date.to_string(scope["date_to"])
        )
