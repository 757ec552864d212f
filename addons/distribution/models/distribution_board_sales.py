# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .distribution_target_actual import FLOWS

_TABLE = "distribution_ledger"
#: the flows of the dashboard; goods received from other members are sell-through
_SHOWN = ("sell_in", "sell_through", "sell_out")
_RANKS = ("member_id", "territory_id", "rep_id")


class DistributionBoard(models.AbstractModel):
    """The dashboard; here: what moves through the network, to whom, by whom."""

    _inherit = "distribution.board"

    @api.model
    def _get_flow_names(self):
        return {
            "sell_in": self.env._("Sell-in"),
            "sell_through": self.env._("Sell-through"),
            "sell_out": self.env._("Sell-out"),
        }

    @api.model
    def _sql_flow(self, flow, column, condition=None):
        """The sum of a flow, returns taken off; counted as in targets."""
        plus, minus, among = FLOWS[flow]
        kind = SQL.identifier(_TABLE, "kind")
        other = SQL.identifier(_TABLE, "counterparty_id")
        return SQL(
            "COALESCE(sum(CASE WHEN %(kind)s = %(plus)s THEN %(column)s"
            " WHEN %(kind)s = %(minus)s AND (%(other)s IS NOT NULL) = %(among)s"
            " THEN -%(column)s END) FILTER (WHERE %(condition)s), 0)",
            kind=kind,
            plus=plus,
            minus=minus,
            other=other,
            among=among,
            column=column,
            condition=condition or SQL("TRUE"),
        )

    @api.model
    def _get_flow_domain(self, scope, date_from, flows=_SHOWN):
        kinds = {kind for flow in flows for kind in FLOWS[flow][:2]}
        return (
            self._get_domain(scope)
            & Domain("kind", "in", sorted(kinds))
            & Domain("date", ">=", fields.Date.to_string(date_from))
            & Domain("date", "<=", fields.Date.to_string(scope["date_to"]))
        )

    @api.model
    def _get_flows(self, scope):
        """``{(flow, key): value}``: keys are months, "now" and "before"; one query."""
        date = SQL.identifier(_TABLE, "date")
        month = SQL("date_trunc('month', %s)::date", date)
        value = self._sql_amount(_TABLE, "company_value")
        spans = {
            name: SQL("%s BETWEEN %s AND %s", date, start, end)
            for name, start, end in (
                ("now", scope["date_from"], scope["date_to"]),
                ("before", scope["before_from"], scope["before_to"]),
            )
        }
        columns = [month]
        for flow in _SHOWN:
            columns.append(self._sql_flow(flow, value))
            columns += [self._sql_flow(flow, value, span) for span in spans.values()]
        start = min(scope["chart_from"], scope["before_from"])
        result = defaultdict(float)
        for first, *sums in self._select(
            "distribution.ledger", self._get_flow_domain(scope, start), columns, month
        ):
            for index, flow in enumerate(_SHOWN):
                whole, *parts = sums[3 * index : 3 * index + 3]
                result[flow, first] = float(whole)
                for name, part in zip(spans, parts, strict=True):
                    result[flow, name] += float(part)
        return result

    @api.model
    def _get_flow_tiles(self, scope, flows):
        tiles = []
        for flow, label in self._get_flow_names().items():
            domain = self._get_flow_domain(scope, scope["date_from"], [flow])
            tiles.append(
                {
                    "key": flow,
                    "label": label,
                    "kind": "money",
                    "value": flows[flow, "now"],
                    "before": flows[flow, "before"],
                    "action": self._prepare_action(
                        "distribution.distribution_ledger_action_report", domain
                    ),
                }
            )
        return tiles

    @api.model
    def _get_months(self, scope):
        months = [scope["chart_from"]]
        while (following := months[-1] + relativedelta(months=1)) <= scope["date_to"]:
            months.append(following)
        return months

    @api.model
    def _get_month_labels(self, months):
        return [format_date(self.env, month, date_format="MMM yy") for month in months]

    @api.model
    def _get_flow_chart(self, scope, flows):
        months = self._get_months(scope)
        domain = self._get_flow_domain(scope, scope["chart_from"])
        return {
            "key": "flows",
            "title": self.env._("Sales by month"),
            "type": "line",
            "labels": self._get_month_labels(months),
            "series": [
                {"label": label, "values": [flows[flow, month] for month in months]}
                for flow, label in self._get_flow_names().items()
            ],
            "action": self._prepare_action(
                "distribution.distribution_ledger_action_report", domain
            ),
        }

    # --- coverage ---
    @api.model
    def _get_coverage(self, scope):
        """Active members by level, and how many of them bought; one query.

        What members bought is joined to the members that the user may see.
        """
        member = SQL.identifier("distribution_member", "id")
        level = SQL.identifier("distribution_member", "level_id")
        query = self.env["distribution.member"]._search(
            self._get_domain(scope) & Domain("state", "=", "active")
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT level.id, count(*),
                    count(*) FILTER (WHERE bought.now > 0),
                    count(*) FILTER (WHERE bought.before > 0)
                FROM (%(own)s) AS own(id, level_id)
                JOIN distribution_level level ON level.id = own.level_id
                LEFT JOIN (
                    SELECT member_id,
                        sum(quantity) FILTER (WHERE date >= %(date_from)s) AS now,
                        sum(quantity) FILTER (WHERE date <= %(before_to)s) AS before
                    FROM distribution_ledger
                    WHERE company_id = ANY(%(companies)s)
                      AND kind IN ('sell_in', 'receipt')
                      AND date BETWEEN %(before_from)s AND %(date_to)s
                    GROUP BY member_id
                ) bought ON bought.member_id = own.id
                GROUP BY level.id, level.sequence ORDER BY level.sequence, level.id
                """,
                own=query.select(member, level),
                companies=self.env.companies.ids,
                **{
                    name: scope[name]
                    for name in ("date_from", "date_to", "before_from", "before_to")
                },
            )
        )
        levels = self.env["distribution.level"].browse(row[0] for row in rows)
        return [
            {
                "id": level.id,
                "name": level.display_name,
                "active": active,
                "bought": bought,
                "before": before,
            }
            for level, (_id, active, bought, before) in zip(levels, rows, strict=True)
        ]

    @api.model
    def _get_coverage_tile(self, scope, coverage):
        active, bought, before = (
            sum(row[name] for row in coverage)
            for name in ("active", "bought", "before")
        )
        domain = self._get_domain(scope) & Domain(
            "month", ">=", fields.Date.to_string(scope["date_from"].replace(day=1))
        )
        domain &= Domain("month", "<=", fields.Date.to_string(scope["date_to"]))
        return {
            "key": "coverage",
            "label": self.env._("Coverage"),
            "kind": "percent",
            "value": 100 * bought / active if active else 0,
            "before": 100 * before / active if active else 0,
            "note": self.env._(
                "%(bought)s of %(active)s active members bought",
                bought=bought,
                active=active,
            ),
            "action": self._prepare_action(
                "distribution.distribution_coverage_action", domain
            ),
        }

    # --- rankings ---
    @api.model
    def _get_ranks(self, scope, rank_rows):
        """Who leads by the flow chosen: members, territories, representatives."""
        rows = self._read_ranks(scope, rank_rows)
        result = []
        for name, title in (
            ("member_id", self.env._("Members")),
            ("territory_id", self.env._("Territories")),
            ("rep_id", self.env._("Sales representatives")),
        ):
            # who sees the postings sees whose they are, as in their list
            model = self.env["distribution.ledger"]._fields[name].comodel_name
            records_sudo = self.env[model].sudo().browse(row[0] for row in rows[name])
            records_sudo.fetch(["display_name"])
            result.append(
                {
                    "key": name,
                    "title": title,
                    "rows": [
                        {
                            "id": record.id,
                            "name": record.display_name,
                            **dict(zip(_SHOWN, map(float, row[1:]), strict=True)),
                        }
                        for record, row in zip(records_sudo, rows[name], strict=True)
                    ],
                    "action": self._prepare_action(
                        "distribution.distribution_ledger_action_report",
                        self._get_flow_domain(
                            scope, scope["date_from"], [scope["flow"]]
                        ),
                    ),
                }
            )
        return result

    @api.model
    def _read_ranks(self, scope, rank_rows):
        """``{field: [(id, sell-in, sell-through, sell-out)]}``; one query."""
        ids = [SQL.identifier(_TABLE, name) for name in _RANKS]
        value = self._sql_amount(_TABLE, "company_value")
        sums = [self._sql_flow(flow, value) for flow in _SHOWN]
        grouping = SQL("GROUPING(%s)", SQL(", ").join(ids))
        query = self.env["distribution.ledger"]._search(
            self._get_flow_domain(scope, scope["date_from"])
        )
        query.groupby = SQL("GROUPING SETS (%s)", SQL(", ").join(ids))
        own = SQL("COALESCE(%s)", SQL(", ").join(ids))
        # what has no territory or representative takes no place
        place = SQL(
            "row_number() OVER (PARTITION BY %s ORDER BY %s IS NULL, %s DESC, %s)",
            grouping,
            own,
            sums[_SHOWN.index(scope["flow"])],
            own,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT part, id, sell_in, sell_through, sell_out FROM (%s)"
                " AS ranked(part, id, sell_in, sell_through, sell_out, place)"
                " WHERE id IS NOT NULL AND (%s::int IS NULL OR place <= %s)"
                " ORDER BY part, place",
                query.select(grouping, own, *sums, place),
                rank_rows,
                rank_rows,
            )
        )
        result = {name: [] for name in _RANKS}
        # a bit for each column that is not grouped by, the last column's the lowest
        names = {0b011: "member_id", 0b101: "territory_id", 0b110: "rep_id"}
        for part, *row in rows:
            result[names[part]].append(row)
        return result
