# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import datetime
import io
import zipfile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

#: columns before the periods: key, quota, whose orders, which products, unit
_FIRST_PERIOD = 5
_MAX_CELLS = 50_000
_MAX_SIZE = 5_000_000


class OrderQuotaImport(models.TransientModel):
    """Limits from a spreadsheet, looked at before anything is changed."""

    _name = "order.quota.import"
    _description = "Import Quota Table"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    reason = fields.Char(default=lambda self: self.env._("Imported spreadsheet"))
    line_ids = fields.One2many("order.quota.import.line", "import_id", "Changes")
    state = fields.Selection(
        [("file", "File"), ("preview", "Preview")], default="file", required=True
    )
    change_count = fields.Integer("Changes Found", compute="_compute_counts")
    error_count = fields.Integer("Errors", compute="_compute_counts")

    @api.depends("line_ids.message")
    def _compute_counts(self):
        for wizard in self:
            bad = wizard.line_ids.filtered("message")
            wizard.error_count = len(bad)
            wizard.change_count = len(wizard.line_ids) - len(bad)

    def action_preview(self):
        """Read the file and try the changes out, cell by cell; nothing is kept.

        :raises UserError: the file is no table of quotas
        """
        self.ensure_one()
        self.env["order.quota"].check_access("write")
        self.line_ids.unlink()
        cells = self._compare(self._read_cells())
        changes = [cell["change"] for cell in cells if not cell.get("message")]
        errors = self.env["order.quota"]._try_cells(changes)
        good = [cell for cell in cells if not cell.get("message")]
        for index, text in errors.items():
            good[index]["message"] = text
        self.env["order.quota.import.line"].create(
            [{"import_id": self.id, **cell} for cell in cells]
        )
        self.state = "preview"
        return self._reopen()

    def action_apply(self):
        """Change the limits, all or none.

        :raises UserError: a cell cannot be saved
        """
        self.ensure_one()
        if self.error_count or not self.line_ids:
            raise UserError(
                self.env._(
                    "Correct the cells with a message in your spreadsheet and choose "
                    "it again. Nothing was changed."
                )
            )
        changes = self.line_ids.mapped("change")
        result = self.env["order.quota"].grid_save(changes, self.reason or "")
        if result["errors"]:
            raise UserError(next(iter(result["errors"].values())))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s limits changed.", count=result["saved"]
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_back(self):
        """Choose another file."""
        self.line_ids.unlink()
        self.write({"state": "file", "file": False, "filename": False})
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Quota Table"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_cells(self):
        """``[(row number, key, name, column number, header, value)]`` of limits."""
        content = base64.b64decode(self.file or b"")
        if len(content) > _MAX_SIZE:
            raise UserError(self.env._("The file is larger than 5 MB. Export less."))
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
        except (InvalidFileException, KeyError, OSError, ValueError) as error:
            raise self._get_file_error() from error
        except zipfile.BadZipFile as error:
            raise self._get_file_error() from error
        if not rows or len(rows[0]) <= _FIRST_PERIOD:
            raise self._get_file_error()
        if len(rows) * len(rows[0]) > _MAX_CELLS:
            raise UserError(self.env._("The table has too many cells. Import parts."))
        header = rows[0]
        return [
            (number, row[0], row[1], column, header[column], row[column])
            for number, row in enumerate(rows[1:], 2)
            for column in range(_FIRST_PERIOD, min(len(row), len(header)))
            if row[column] not in (None, "") and any(row[:2])
        ]

    def _get_file_error(self):
        return UserError(
            self.env._(
                "This is no table of quotas. Export one from the quota table, change "
                "its limits and import that file (.xlsx)."
            )
        )

    def _compare(self, cells):
        """What the cells change, with the messages of those that cannot be read."""
        found = self._find_quotas({key for _number, key, *_rest in cells})
        result = []
        for number, key, name, _column, header, value in cells:
            base = {"row_number": number, "name": str(name or key)}
            row = found.get(key)
            start = _to_day(header)
            limit = _to_limit(value)
            if row is None or start is None or limit is None:
                message = self._get_cell_message(row, start, value)
                result.append({**base, "period": str(header), "message": message})
                continue
            quota = row.get(start)
            base["period"] = str(start)
            if quota:
                if float_compare(quota.limit_qty, limit, precision_digits=6) == 0:
                    continue
                change = {"id": quota.id, "limit": limit}
                base |= {"quota_id": quota.id, "old_qty": quota.limit_qty}
            else:
                like = next(iter(row.values()))
                change = {"like": like.id, "date_from": str(start), "limit": limit}
            result.append({**base, "new_qty": limit, "change": change})
        return result

    def _get_cell_message(self, row, start, value):
        if row is None:
            return self.env._(
                "No quota has this key. Keep the hidden first column as it was "
                "exported; make the first quota of a row by hand."
            )
        if start is None:
            return self.env._("The title of this column is no date.")
        return self.env._(
            "“%(value)s” is no limit: type a number, zero or more.", value=value
        )

    def _find_quotas(self, keys):
        """``{key: {first day: quota}}``, those that count before closed ones."""
        quotas = self.env["order.quota"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("scope_key", "in", [str(key).split("|")[0] for key in keys if key]),
            ]
        )
        found = {}
        for quota in quotas.sorted(lambda quota: quota.state == "closed"):
            found.setdefault(quota._get_grid_key(), {}).setdefault(
                quota.date_from, quota
            )
        return found


def _to_day(value):
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return fields.Date.to_date(str(value).strip())
    except ValueError:
        return None


def _to_limit(value):
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if value >= 0 else None
