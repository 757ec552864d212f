# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import tempfile
from contextlib import contextmanager

from markupsafe import Markup

from odoo import Command, api, models

from ..neutral.spreadsheet import (
    Mapping,
    SpreadsheetError,
    check_rows,
    guess_columns,
    guess_mapping,
    inspect,
)
from ..neutral.spreadsheet.cells import column_letter, shown
from ..tools.spreadsheet_text import FIELD_LABELS, describe_cell, describe_file_error

_PREVIEW_ROWS = 50
_MAX_TEXT = 80


class ChannelOrderUpload(models.Model):
    """A file of orders; here: how it is read and what its columns mean."""

    _inherit = "channel.order.upload"

    def _look(self, known=False):
        """Find out how each file is to be read and what its columns mean.

        :param bool known: keep encoding, delimiter, sheet and row of titles as a
            person has set them
        """
        for upload in self:
            try:
                with upload._open_file() as path:
                    layout = inspect(path, **(upload._get_layout() if known else {}))
            except SpreadsheetError as error:
                upload._refuse(describe_file_error(self.env, error))
                continue
            upload._take_layout(layout)

    def _take_layout(self, layout):
        """Write what was found; what is remembered for the channel comes first."""
        remembered = self.channel_id.sudo().upload_mapping
        mapping = guess_mapping(
            layout, timezone=self.timezone or "UTC", remembered=remembered
        )
        names = {index: name for name, index in mapping.columns.items()}
        if remembered and mapping.missing():
            # another list than last time: guess what memory does not know
            for name, index in guess_columns(layout.headers).items():
                if name not in mapping.columns:
                    names.setdefault(index, name)
        width = max([len(layout.headers), *(len(row[1]) for row in layout.preview)])
        columns = [
            Command.create(self._prepare_column_vals(layout, index, names.get(index)))
            for index in range(width)
        ]
        defaults = mapping.defaults
        currency = self.env["res.currency"].search(
            [("name", "=", defaults.get("currency"))], limit=1
        )
        self.column_ids.sudo().unlink()
        self.sudo().with_context(order_management_upload_look=True).write(
            {
                "kind": layout.kind,
                "encoding": layout.encoding,
                "delimiter": "tab" if layout.delimiter == "\t" else layout.delimiter,
                "sheet": layout.sheet,
                "sheet_names": ", ".join(layout.sheets),
                "header_row": layout.header_row,
                "row_estimate": layout.row_estimate,
                "column_ids": columns,
                "decimal_mark": mapping.decimal_mark,
                "date_order": mapping.date_order,
                "timezone": mapping.timezone,
                "currency_id": self.currency_id.id or currency.id,
                "default_status": self.default_status or defaults.get("status"),
            }
        )
        self._check_mapping(layout)

    def _prepare_column_vals(self, layout, index, field_name):
        values = (row[1][index] for row in layout.preview if index < len(row[1]))
        samples = [shown(value) for value in values if value not in (None, "")][:3]
        titles = layout.headers
        return {
            "position": index,
            "letter": column_letter(index),
            "title": titles[index] if index < len(titles) else "",
            "sample": _cut(" · ".join(samples)),
            "field_name": field_name or False,
        }

    def _check_mapping(self, layout=None):
        """See whether the mapping is complete, and make the preview by it."""
        for upload in self:
            if not layout:
                try:
                    with upload._open_file() as path:
                        layout = inspect(path, **upload._get_layout())
                except SpreadsheetError as error:
                    upload._refuse(describe_file_error(self.env, error))
                    continue
            mapping = upload._get_mapping()
            problem = upload._get_mapping_problem(mapping)
            if not problem and not layout.preview:
                problem = self.env._(
                    "Below the row of titles the file has no rows. Choose another "
                    "file, sheet or row of titles."
                )
            problems = {} if problem else check_rows(layout.preview, mapping)
            upload.sudo().preview_rows = [
                {
                    "row": number,
                    "values": [_cut(shown(value)) for value in values],
                    "problems": [
                        [found.column, describe_cell(self.env, found)]
                        for found in problems.get(number, ())
                    ],
                }
                for number, values in layout.preview[:_PREVIEW_ROWS]
            ]
            layout = None
            if problem:
                upload._refuse(problem)
            else:
                upload.sudo()._transition("mapped")

    def _refuse(self, problem):
        """Back to draft with a text, or another text."""
        self.sudo()._transition("draft", problem)
        self.sudo().problem = problem

    def _get_mapping_problem(self, mapping):
        """What hinders the import, False if nothing does."""
        seen = {}
        for column in self.column_ids.filtered("field_name"):
            if column.field_name in seen:
                return self.env._(
                    "Columns %(first)s and %(second)s both mean “%(field)s”. Choose "
                    "one of them and empty the other.",
                    first=seen[column.field_name],
                    second=column.letter,
                    field=self._get_field_label(column.field_name),
                )
            seen[column.field_name] = column.letter
        missing = mapping.missing()
        if missing:
            return self.env._(
                "Say which columns mean: %(fields)s.",
                fields=", ".join(map(self._get_field_label, missing)),
            )
        return False

    @api.model
    def _get_field_label(self, name):
        return str(self.env._(FIELD_LABELS[name]))

    def _get_layout(self):
        """How a person said that the file is to be read."""
        known = {"header_row": max(self.header_row, 0)}
        if self.kind == "xlsx":
            return {**known, "sheet": self.sheet or ""} if self.sheet else known
        if self.encoding:
            known["encoding"] = self.encoding.strip()
        delimiter = (self.delimiter or "").strip()
        if delimiter.casefold() == "tab" or self.delimiter == "\t":
            known["delimiter"] = "\t"
        elif len(delimiter) == 1 and delimiter not in "\"'":
            known["delimiter"] = delimiter
        return known

    def _get_mapping(self):
        """The mapping as it stands in the columns and fields."""
        currency = self.currency_id or self.company_id.currency_id
        defaults = {
            "currency": currency.name,
            "prices_include_tax": self.channel_id.prices_include_tax,
        }
        if self.default_status:
            defaults["status"] = self.default_status
        columns = {}
        for column in self.column_ids.filtered("field_name"):
            columns.setdefault(column.field_name, column.position)
        return Mapping(
            columns=columns,
            defaults=defaults,
            decimal_mark=self.decimal_mark or ".",
            date_order=self.date_order or "dmy",
            timezone=self.timezone or "UTC",
        )

    def _remember_mapping(self, layout, mapping):
        """Keep the mapping for the channel's next file, where it has titles."""
        remembered = mapping.remember(layout.headers)
        # follows the channel's own setting
        remembered["defaults"].pop("prices_include_tax", None)
        if not self.currency_id:
            remembered["defaults"].pop("currency", None)
        # JSON in the database keeps no order of keys
        used = sorted(mapping.columns.items(), key=lambda item: item[1])
        titles = remembered["columns"]
        remembered["titles"] = [titles[name] for name, _index in used if name in titles]
        channel_sudo = self.channel_id.sudo()
        if remembered["columns"] and channel_sudo.upload_mapping != remembered:
            channel_sudo.upload_mapping = remembered

    @contextmanager
    def _open_file(self):
        """Path of the uploaded file on disk, for the time of the block."""
        self.ensure_one()
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        content = attachment_sudo.raw or b""
        # openpyxl goes by the name
        ending = ".xlsx" if content.startswith(b"PK") else ".csv"
        with tempfile.NamedTemporaryFile(prefix="order-upload-", suffix=ending) as copy:
            copy.write(content)
            copy.flush()
            del content
            yield copy.name

    @api.depends("preview_rows", "column_ids.title")
    def _compute_preview(self):
        for upload in self:
            upload.preview = upload._render_preview()

    def _render_preview(self):
        """The first rows as a table: everything from the file is text, escaped."""
        if not self.preview_rows:
            return False
        letters = [column.letter for column in self.column_ids]
        head = Markup().join(
            Markup("<th>%s<br/>%s</th>") % (column.letter, column.title or "")
            for column in self.column_ids
        )
        body = Markup().join(_render_row(row, letters) for row in self.preview_rows)
        return Markup(
            '<table class="table table-sm table-bordered text-nowrap w-auto '
            'o_order_upload_preview">'
            "<thead><tr><th>%s</th>%s<th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (self.env._("Row"), head, self.env._("Problems"), body)


def _render_row(row, letters):
    bad = {column for column, _text in row["problems"]}
    values = row["values"] + [""] * (len(letters) - len(row["values"]))
    cells = Markup().join(
        Markup('<td class="%s">%s</td>')
        % ("table-danger" if letter in bad else "", value)
        for letter, value in zip(letters, values, strict=False)
    )
    texts = Markup("<br/>").join(text for _column, text in row["problems"])
    return Markup('<tr class="%s"><th>%s</th>%s<td>%s</td></tr>') % (
        "table-warning" if row["problems"] else "",
        row["row"],
        cells,
        texts,
    )


def _cut(text):
    # what PostgreSQL cannot store never gets into JSON
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
