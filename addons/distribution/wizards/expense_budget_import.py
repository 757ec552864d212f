# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import datetime
import io
import zipfile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo import fields, models
from odoo.exceptions import UserError

from ..reports.expense_budget_xlsx import TOTAL

#: columns before the months: codes and names of centre and type
_FIRST_MONTH = 4
_MAX_SIZE = 5_000_000
_MAX_CELLS = 100_000


class ExpenseBudgetImport(models.TransientModel):
    """A plan from a spreadsheet: all rows, or a list of what is wrong with them."""

    _name = "expense.budget.import"
    _description = "Import a Budget"

    budget_id = fields.Many2one("expense.budget", required=True, ondelete="cascade")
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    errors = fields.Text(readonly=True)

    def action_apply(self):
        """Write the plan when every row is right, else show the errors by row.

        :raises UserError: the file is no such table
        """
        self.ensure_one()
        self.budget_id.check_access("write")
        self.budget_id.plan_ids._check_draft()
        cells, errors = self._read_cells()
        if errors:
            self.errors = "\n".join(errors)
            return {
                "type": "ir.actions.act_window",
                "name": self._description,
                "res_model": self._name,
                "res_id": self.id,
                "view_mode": "form",
                "target": "new",
            }
        self._write_plan(cells)
        return {"type": "ir.actions.act_window_close"}

    def _write_plan(self, cells):
        known = {plan._get_cell(): plan for plan in self.budget_id.plan_ids}
        for cell, amount in cells.items():
            if (plan := known.get(cell)) and plan.amount != amount:
                plan.amount = amount
        self.env["expense.budget.plan"].create(
            [
                {
                    "budget_id": self.budget_id.id,
                    "centre_id": centre,
                    "type_id": type_,
                    "month": month,
                    "amount": amount,
                }
                for (centre, type_, month), amount in cells.items()
                if (centre, type_, month) not in known and amount
            ]
        )

    def _read_cells(self):
        """``({(centre id, type id, month): amount}, [error])``"""
        rows = self._load_rows()
        months, errors = self._read_header(rows[0])
        centres, types = self._get_names()
        cells = {}
        for number, row in enumerate(rows[1:], 2):
            if not any(row[:_FIRST_MONTH]) or row[1] == TOTAL:
                continue
            centre = _find(centres, row[0], row[1])
            type_ = _find(types, row[2], row[3])
            if not centre or not type_:
                errors.append(self._get_row_error(number, row, centre))
                continue
            for column, month in months.items():
                value = row[column] if column < len(row) else None
                cell = (centre, type_, month)
                if value in (None, ""):
                    continue
                if isinstance(value, bool) or not isinstance(value, int | float):
                    problem = self.env._("“%(value)s” is no amount", value=value)
                elif value < 0:
                    problem = self.env._("%(value)s is below zero", value=value)
                elif cell in cells:
                    problem = self.env._("this centre and type stand twice")
                else:
                    cells[cell] = self.budget_id.currency_id.round(value)
                    continue
                errors.append(
                    self.env._(
                        "Row %(row)s, %(month)s: %(problem)s.",
                        row=number,
                        month=month.strftime("%Y-%m"),
                        problem=problem,
                    )
                )
        return cells, errors

    def _get_row_error(self, number, row, centre):
        if centre:
            return self.env._(
                "Row %(row)s: no expense type “%(name)s”.",
                row=number,
                name=row[3] or row[2] or "",
            )
        return self.env._(
            "Row %(row)s: no responsibility centre “%(name)s”.",
            row=number,
            name=row[1] or row[0] or "",
        )

    def _read_header(self, header):
        """``({column: month}, [error])``; a column without a date ends the months."""
        inside = set(self.budget_id._get_months())
        months, errors = {}, []
        for column, value in enumerate(header[_FIRST_MONTH:], _FIRST_MONTH):
            month = _to_month(value)
            if not month:
                break
            if month in inside:
                months[column] = month
            else:
                errors.append(
                    self.env._(
                        "Column %(column)s: %(month)s is outside the budget.",
                        column=column + 1,
                        month=month.strftime("%Y-%m"),
                    )
                )
        if not months and not errors:
            raise self._get_file_error()
        return months, errors

    def _load_rows(self):
        content = base64.b64decode(self.file or b"")
        if len(content) > _MAX_SIZE:
            raise UserError(self.env._("The file is larger than 5 MB. Import parts."))
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
        except (InvalidFileException, KeyError, OSError, ValueError) as error:
            raise self._get_file_error() from error
        except zipfile.BadZipFile as error:
            raise self._get_file_error() from error
        if not rows or len(rows[0]) <= _FIRST_MONTH:
            raise self._get_file_error()
        if len(rows) * len(rows[0]) > _MAX_CELLS:
            raise UserError(self.env._("The table has too many cells. Import parts."))
        return rows

    def _get_file_error(self):
        return UserError(
            self.env._(
                "This is no table of a budget. Export the plan, change its amounts and "
                "import that file (.xlsx)."
            )
        )

    def _get_names(self):
        """``({word: centre id}, {word: type id})`` of what rows may name."""
        company = self.budget_id.company_id
        centres = self.env["account.analytic.account"].search(
            [
                ("root_plan_id", "=", company.budget_plan_id.id),
                ("company_id", "in", (company.id, False)),
            ]
        )
        types = self.env["sales.expense.type"].search([("company_id", "=", company.id)])
        return _index(centres), _index(types)


def _index(records):
    words = {}
    for record in records:
        for word in (record.id, record.name, record.code):
            if word:
                words.setdefault(str(word).strip().casefold(), record.id)
    for record in records.filtered("code"):
        words[record.code.strip().casefold()] = record.id
    return words


def _find(words, *names):
    for name in names:
        if isinstance(name, float) and name.is_integer():
            name = int(name)
        if name not in (None, "") and (
            found := words.get(str(name).strip().casefold())
        ):
            return found
    return None


def _to_month(value):
    if isinstance(value, datetime.datetime):
        return value.date().replace(day=1)
    if isinstance(value, datetime.date):
        return value.replace(day=1)
    try:
        return datetime.date.fromisoformat(f"{str(value).strip()[:7]}-01")
    except ValueError:
        return None
