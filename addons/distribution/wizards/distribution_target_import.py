# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import os
import tempfile
from datetime import datetime

import pytz

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_management.neutral.spreadsheet import (
    SpreadsheetError,
    inspect,
    rows,
)
from odoo.addons.order_management.neutral.spreadsheet.cells import (
    is_error,
    parse_date,
    parse_number,
    shown,
)
from odoo.addons.order_management.tools.spreadsheet_text import describe_file_error

_MAX_SIZE = 5_000_000


class DistributionTargetImport(models.TransientModel):
    """Months of targets from a spreadsheet: all of them, or none with the reasons."""

    _name = "distribution.target.import"
    _description = "Import Targets"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    problems = fields.Text(readonly=True)

    def action_apply(self):
        """Change the months of the targets in the file; each sums up anew.

        :raises UserError: the file is no table of targets
        """
        self.ensure_one()
        self.env["distribution.target"].check_access("write")
        header, body = self._read()
        months = {}
        for column, value in enumerate(header):
            if column >= 2 and (day := _to_day(value)):
                months[column] = day
        if not months:
            raise UserError(self._get_file_message())
        changes, problems = self._understand(body, months)
        if problems:
            self.problems = "\n".join(problems[:50])
            return self._get_records_action(target="new")
        for target, amounts in changes.items():
            self._change(target, amounts)
        return {"type": "ir.actions.act_window_close"}

    def _get_file_message(self):
        return self.env._(
            "This is no table of targets. Export targets, change their months and "
            "choose that file (.xlsx)."
        )

    def _read(self):
        content = base64.b64decode(self.file or b"")
        if not content or len(content) > _MAX_SIZE:
            raise UserError(self._get_file_message())
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "targets.xlsx")
                with open(path, "wb") as file:
                    file.write(content)
                table = [row for row in rows(path, inspect(path, header_row=0))]
        except SpreadsheetError as error:
            raise UserError(describe_file_error(self.env, error)) from error
        return (table[0][1] if table else []), table[1:]

    def _understand(self, body, months):
        """``({target: {month: amount}}, problems)``."""
        changes, problems = {}, []
        numbered = [(number, values) for number, values in body if values[0]]
        known = self.env["distribution.target"].search(
            [("id", "in", [_to_id(values[0]) for _number, values in numbered])]
        )
        by_id = {target.id: target for target in known}
        for number, values in numbered:
            target = by_id.get(_to_id(values[0]))
            if not target or target.state != "draft":
                problems.append(
                    self.env._(
                        "Row %(row)s: no draft target has this key. Take active "
                        "targets back to draft first.",
                        row=number,
                    )
                )
                continue
            amounts = {}
            for column, month in months.items():
                cell = values[column] if column < len(values) else None
                try:
                    amounts[month] = _to_amount(cell)
                except ValueError:
                    problems.append(
                        self.env._(
                            "Row %(row)s: “%(value)s” is no amount, zero or more.",
                            row=number,
                            value=shown(cell)[:40],
                        )
                    )
            changes[target] = amounts
        return changes, problems

    def _change(self, target, amounts):
        new = {
            line: amounts.get(line.date_from, line.amount) for line in target.line_ids
        }
        target.write(
            {
                "phasing": "manual",
                "amount": round(sum(new.values()), 2),
                "line_ids": [
                    Command.update(line.id, {"amount": amount})
                    for line, amount in new.items()
                ],
            }
        )


def _to_day(value):
    try:
        return datetime.fromisoformat(parse_date(value, pytz.utc)).date()
    except (ValueError, OverflowError):
        return None


def _to_id(value):
    is_id = isinstance(value, int | float) and 0 < value < 2**31
    return int(value) if is_id else 0


def _to_amount(value):
    if value in (None, ""):
        return 0.0
    if is_error(value):
        raise ValueError("a formula")
    amount = float(parse_number(value))
    if amount < 0:
        raise ValueError("below zero")
    return amount
