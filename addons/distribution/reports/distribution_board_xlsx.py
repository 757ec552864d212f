# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: how a figure of each kind is written
_NUMBER = {"money": "#,##0.00", "percent": "0.0", "count": "#,##0"}


class DistributionBoardXlsx(models.AbstractModel):
    """The dashboard as a spreadsheet: figures, months and whole rankings."""

    _name = "report.distribution.board_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Distribution Dashboard (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: what the user sees, with all ranks."""
        figures = self.env["distribution.board"]._get_figures(
            (data or {}).get("options") or {}
        )
        formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format({"bold": True, "bg_color": "#E7E9ED"}),
            "day": workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            **{
                kind: workbook.add_format({"num_format": number})
                for kind, number in _NUMBER.items()
            },
            "total": workbook.add_format(
                {"bold": True, "num_format": _NUMBER["money"], "top": 1}
            ),
            "words": workbook.add_format({"bold": True, "top": 1}),
        }
        self._write_tiles(workbook, figures, formats)
        self._write_coverage(workbook, figures, formats)
        for chart in figures["charts"]:
            rows = [
                [label, *(series["values"][index] for series in chart["series"])]
                for index, label in enumerate(chart["labels"])
            ]
            titles = ["", *(series["label"] for series in chart["series"])]
            self._write_table(workbook, formats, chart["title"], titles, rows)
        flows = figures["choices"]["flows"]
        for rank in figures["ranks"]:
            rows = [
                [row["name"], *(row[flow] for flow in flows)] for row in rank["rows"]
            ]
            titles = [rank["title"], *flows.values()]
            self._write_table(workbook, formats, rank["title"], titles, rows)

    def _write_tiles(self, workbook, figures, formats):
        sheet = workbook.add_worksheet(self.env._("Figures"))
        sheet.write_string(0, 0, self.env._("Distribution Dashboard"), formats["title"])
        period, currency = figures["period"], self.env.company.currency_id.name
        territory = dict(figures["choices"]["territories"]).get(
            figures["chosen"]["territory_id"], self.env._("All territories")
        )
        for row, (label, value) in enumerate(
            (
                (self.env._("From"), period["date_from"]),
                (self.env._("To"), period["date_to"]),
                (self.env._("Territory"), territory),
                (self.env._("Currency"), currency),
            ),
            1,
        ):
            sheet.write_string(row, 0, label)
            if label in (self.env._("From"), self.env._("To")):
                sheet.write_datetime(row, 1, fields.Date.to_date(value), formats["day"])
            else:
                sheet.write_string(row, 1, value)
        titles = (
            self.env._("Figure"),
            self.env._("Now"),
            self.env._("Before"),
            self.env._("Of"),
            self.env._("Note"),
        )
        for column, title in enumerate(titles):
            sheet.write_string(6, column, title, formats["head"])
        for row, tile in enumerate(figures["tiles"], 7):
            unit = " (%)" if tile["kind"] == "percent" else ""
            sheet.write_string(row, 0, f"{tile['label']}{unit}")
            for column, name in ((1, "value"), (2, "before"), (3, "of")):
                if name in tile:
                    sheet.write_number(row, column, tile[name], formats[tile["kind"]])
            sheet.write_string(row, 4, tile.get("note") or "")
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 3, 18)
        sheet.set_column(4, 4, 44)
        sheet.freeze_panes(7, 1)

    def _write_coverage(self, workbook, figures, formats):
        rows = [
            [row["name"], row["active"], row["bought"], row["before"]]
            for row in figures["coverage"]
        ]
        titles = [
            self.env._("Level"),
            self.env._("Active members"),
            self.env._("Members that bought"),
            self.env._("Bought before"),
        ]
        title = self.env._("Coverage")
        self._write_table(workbook, formats, title, titles, rows, "count")

    def _write_table(self, workbook, formats, name, titles, rows, kind="money"):
        """A sheet of names and figures with a row of totals."""
        sheet = workbook.add_worksheet(self._get_sheet_name(workbook, name))
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, formats["head"])
        for number, (label, *values) in enumerate(rows, 1):
            sheet.write_string(number, 0, label or "")
            for column, value in enumerate(values, 1):
                sheet.write_number(number, column, value, formats[kind])
        last = len(rows)
        if last:
            sheet.write_string(last + 1, 0, self.env._("Total"), formats["words"])
        for column in range(1, len(titles) if last else 1):
            letter = chr(ord("A") + column)
            sheet.write_formula(
                last + 1,
                column,
                f"=SUM({letter}2:{letter}{last + 1})",
                formats["total"],
                sum(row[column] for row in rows),
            )
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, len(titles), 18)
        sheet.freeze_panes(1, 1)

    def _get_sheet_name(self, workbook, name):
        """Names of sheets are short, unique and without some signs."""
        name = "".join(char for char in name if char not in "[]:*?/\\'")[:28]
        taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
        number, free = 1, name
        while free.lower() in taken:
            number += 1
            free = f"{name} {number}"
        return free
