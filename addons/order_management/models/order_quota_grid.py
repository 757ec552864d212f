# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

#: columns and rows that a person can still work with on one screen
_MAX_COLUMNS = 62
_MAX_ROWS = 500
#: of several quotas in one cell, the first one is shown
_STATES = ("active", "draft", "closed")


class _Undo(Exception):
    """Leaves a savepoint without what was done in it."""


class OrderQuota(models.Model):
    """A quota; here: quotas as a table of who and what by period.

    The screen and the spreadsheet use the same rows: what is exported can be changed
    and brought back.
    """

    _inherit = "order.quota"

    @api.model
    @api.readonly
    def grid_load(self, period_type, date_from, count=12, search=""):
        """The table of quotas of one kind of period.

        :param str period_type: of the columns
        :param date_from: any day of the first column
        :param int count: columns
        :param str search: words in the name of the quota, customer or product
        :return: dict with ``columns`` ({from, to, label}), ``rows`` ({key, name, scope,
            product, unit, policy, cells}), ``can_edit`` and ``more`` (rows left out);
            a cell is {id, limit, used, left, state} or None
        """
        self.check_access("read")
        columns = self._get_grid_columns(period_type, date_from, count)
        quotas = self.search(self._get_grid_domain(period_type, columns, search))
        rows = self._get_grid_rows(quotas, columns)
        return {
            "columns": [
                {
                    "from": str(start),
                    "to": str(end),
                    "label": label,
                }
                for start, end, label in columns
            ],
            "rows": rows[:_MAX_ROWS],
            "more": max(len(rows) - _MAX_ROWS, 0),
            "can_edit": self.has_access("write"),
        }

    @api.model
    def grid_save(self, changes, reason=""):
        """Change limits of the table, all or none.

        :param changes: list of {id, limit} for cells with a quota, or {like, date_from,
            limit} for empty ones: a quota like another of the row is made
        :param str reason: kept in the history of each change
        :return: dict with ``saved`` (how many) and ``errors`` ({index: text}); with
            errors nothing is saved
        :raises AccessError: not a manager
        """
        self.check_access("write")
        grid = self.with_context(
            order_management_limit_reason=str(reason or "").strip()
            or self.env._("Changed in the table")
        )
        errors = grid._save_cells(changes)
        return {"saved": 0 if errors else len(changes), "errors": errors}

    @api.model
    def _try_cells(self, changes):
        """The errors that saving these changes would meet; nothing is kept.

        :return: ``{index: text}``
        """
        return self._save_cells(changes, keep=False)

    @api.model
    def _save_cells(self, changes, keep=True):
        """Save all changes, or none of them.

        :return: ``{index: text}`` of the changes that cannot be saved
        """
        errors = {}
        try:
            with self.env.cr.savepoint():
                for index, change in enumerate(changes):
                    try:
                        with self.env.cr.savepoint():
                            self._save_cell(change)
                    except (UserError, AccessError) as error:
                        errors[index] = str(error)
                if errors or not keep:
                    raise _Undo
        except _Undo:
            # what was written and undone is not in the cache any more
            self.env.invalidate_all()
        return errors

    @api.model
    def grid_export(self, period_type, date_from, count=12, search=""):
        """The action that downloads the table as a spreadsheet."""
        self.check_access("read")
        report = self.env.ref("order_management.order_quota_xlsx_report")
        data = {
            "period_type": period_type,
            "date_from": str(date_from),
            "count": count,
            "search": search,
        }
        return report.report_action(None, data=data, config=False)

    @api.model
    def _get_grid_columns(self, period_type, date_from, count):
        """``[(first day, last day, label)]``"""
        if period_type not in self._PERIODS:
            raise UserError(
                self.env._("A table has days, weeks, months, quarters or years.")
            )
        start = self._get_period_start(period_type, fields.Date.to_date(date_from))
        columns = []
        for _number in range(min(max(int(count), 1), _MAX_COLUMNS)):
            quota = self.new({"period_type": period_type, "date_from": start})
            columns.append((start, quota.date_to, quota.period_label))
            start = fields.Date.add(quota.date_to, days=1)
        return columns

    @api.model
    def _get_period_start(self, period_type, day):
        """The first day of the calendar's period around ``day``."""
        if period_type == "day":
            return day
        return fields.Date.start_of(day, period_type)

    @api.model
    def _get_grid_domain(self, period_type, columns, search):
        domain = Domain(
            [
                ("company_id", "=", self.env.company.id),
                ("period_type", "=", period_type),
                ("date_from", "in", [start for start, _end, _label in columns]),
            ]
        )
        if words := str(search or "").strip():
            domain &= Domain.OR(
                [
                    [(name, "ilike", words)]
                    for name in (
                        "name",
                        *self._get_scope_fields().values(),
                        "categ_id",
                        "product_id",
                    )
                ]
            )
        return domain

    @api.model
    def _get_grid_rows(self, quotas, columns):
        """Rows of quotas that count the same for the same; the active ones first."""
        places = {start: place for place, (start, _end, _label) in enumerate(columns)}
        rows = {}
        for quota in quotas.sorted(lambda q: (_STATES.index(q.state), q.name, q.id)):
            key = quota._get_grid_key()
            row = rows.get(key)
            if row is None:
                row = rows[key] = {
                    **quota._prepare_grid_row(key),
                    "cells": [None] * len(columns),
                }
            place = places[quota.date_from]
            if row["cells"][place] is None:
                row["cells"][place] = quota._prepare_grid_cell()
        return sorted(
            rows.values(), key=lambda row: (row["scope"], row["product"], row["name"])
        )

    def _get_grid_key(self):
        """What the quotas of one row have in common."""
        self.ensure_one()
        return "|".join(
            (
                self.scope_key,
                self.product_key,
                self.measure,
                str(self.uom_id.id or self.currency_id.id or ""),
                self.period_type,
            )
        )

    def _prepare_grid_row(self, key):
        return {
            "key": key,
            "name": self.name,
            "scope": self.scope_name,
            "product": self.product_name,
            "unit": self.unit_name,
            "policy": self.policy,
        }

    def _prepare_grid_cell(self):
        return {
            "id": self.id,
            "limit": self.limit_qty,
            "used": self.held_qty + self.consumed_qty,
            "left": self.remaining_qty,
            "state": self.state,
        }

    def _save_cell(self, change):
        limit = change.get("limit")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
            raise UserError(self.env._("A limit is a number, zero or more."))
        if change.get("id"):
            quota = self.browse(change["id"])
            quota.check_access("write")
            quota.limit_qty = limit
            quota.flush_recordset()
            return
        like = self.browse(change["like"])
        like.check_access("read")
        [vals] = like.copy_data()
        start = fields.Date.to_date(change["date_from"])
        end = fields.Date.add(start + self._PERIODS[like.period_type], days=-1)
        made = self.create(
            {
                **vals,
                "name": like.name,
                "date_from": start,
                "date_to": end,
                "limit_qty": limit,
                "parent_id": like._get_next_parent(start, end).id,
            }
        )
        if like.state == "active":
            made.action_activate()
        made.flush_recordset()
