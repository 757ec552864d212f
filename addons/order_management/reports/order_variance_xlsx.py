# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from odoo import models
from odoo.fields import Domain

_QUANTITIES = (
    "requested_qty",
    "approved_qty",
    "cut_qty",
    "short_qty",
    "cancelled_qty",
    "shipped_qty",
    "delivered_qty",
    "returned_qty",
    "net_qty",
    "invoiced_qty",
)
#: {field: (part, whole)}, as in the report
_RATES = {
    "fill_rate": ("shipped_qty", "requested_qty"),
    "cut_rate": ("cut_qty", "requested_qty"),
    "cancel_rate": ("cancelled_qty", "requested_qty"),
    "return_rate": ("returned_qty", "shipped_qty"),
}
#: reasons of what, and how much of it there is
_REASONS = (
    ("cut_reason", "cut"),
    ("cut_reason", "short"),
    ("cancel_reason", "cancelled"),
    ("return_reason_id", "returned"),
)


class OrderVarianceXlsx(models.AbstractModel):
    """The variance report as a spreadsheet: figures with totals, and the reasons."""

    _name = "report.order_management.order_variance_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Variance (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        """Override of ``report_xlsx``: two sheets for each wish."""
        formats = self._get_formats(workbook)
        for number, export in enumerate(objs, 1):
            tail = f" {number}" if len(objs) > 1 else ""
            sheet = workbook.add_worksheet(self.env._("Variance") + tail)
            self._write_figures(sheet, formats, export)
            sheet = workbook.add_worksheet(self.env._("Reasons") + tail)
            self._write_reasons(sheet, formats, export)

    def _get_formats(self, workbook):
        head = {"bold": True, "bg_color": "#E7E9ED", "text_wrap": True, "valign": "top"}
        kinds = {
            "text": {},
            "quantity": {"num_format": "#,##0.###"},
            "money": {"num_format": "#,##0.00"},
            "rate": {"num_format": "0.0%"},
        }
        formats = {"head": workbook.add_format(head)}
        for kind, values in kinds.items():
            formats[kind] = workbook.add_format(values)
            formats[f"{kind} total"] = workbook.add_format(
                {**values, "bold": True, "top": 1}
            )
        return formats

    def _get_columns(self):
        """``[(field, kind)]`` of the figures that the user may see."""
        report = self.env["order.variance.report"]
        return [
            *((name, "quantity") for name in _QUANTITIES),
            *((name, "rate") for name in _RATES),
            *((name, "money") for name in report._get_money_fields()),
        ]

    def _get_label(self, name):
        field = self.env["order.variance.report"]._fields[name]
        return field._description_string(self.env)

    def _write_figures(self, sheet, formats, export):
        """A row a group, totals below them; rates are formulas of the sums beside."""
        columns = self._get_columns()
        places = {name: place for place, (name, _kind) in enumerate(columns, 1)}
        groups = dict(export._fields["group_by"]._description_selection(self.env))
        sheet.write(0, 0, groups[export.group_by], formats["head"])
        for place, (name, _kind) in enumerate(columns, 1):
            sheet.write(0, place, self._get_label(name), formats["head"])
        rows = self._read_figures(export, [name for name, _kind in columns])
        for number, (label, figures) in enumerate(rows, 1):
            # text, never a formula: a customer may be called "=1+1"
            sheet.write_string(number, 0, label, formats["text"])
            for name, kind in columns:
                place = places[name]
                if kind == "rate":
                    self._write_rate(
                        sheet, formats["rate"], number, name, places, figures
                    )
                else:
                    sheet.write_number(number, place, figures[name], formats[kind])
        self._write_totals(sheet, formats, columns, places, [x for _l, x in rows])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(columns), 13)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns))

    def _write_totals(self, sheet, formats, columns, places, rows):
        last = len(rows)
        sheet.write(last + 1, 0, self.env._("Total"), formats["text total"])
        totals = {
            name: sum(row[name] for row in rows)
            for name, kind in columns
            if kind != "rate"
        }
        for name, kind in columns:
            place, style = places[name], formats[f"{kind} total"]
            if kind == "rate":
                self._write_rate(sheet, style, last + 1, name, places, totals)
                continue
            letter = xl_col_to_name(place)
            # hidden by a filter is left out
            formula = f"=SUBTOTAL(109,{letter}2:{letter}{last + 1})"
            sheet.write_formula(last + 1, place, formula, style, totals[name])

    def _write_rate(self, sheet, style, row, name, places, figures):
        part, whole = _RATES[name]
        cells = [xl_rowcol_to_cell(row, places[column]) for column in (part, whole)]
        value = figures[part] / figures[whole] if figures[whole] else 0
        formula = "=IF({1}=0,0,{0}/{1})".format(*cells)
        sheet.write_formula(row, places[name], formula, style, value)

    def _read_figures(self, export, names):
        """``[(label, {field: figure})]``, a group each, sorted as the report does."""
        sums = [name for name in names if name not in _RATES]
        groups = self.env["order.variance.report"].formatted_read_group(
            export._get_domain(),
            [export.group_by],
            [f"{name}:sum" for name in sums],
        )
        rows = []
        for group in groups:
            value = group[export.group_by]
            label = value[1] if value else self.env._("None")
            rows.append((str(label), {x: group[f"{x}:sum"] or 0.0 for x in sums}))
        return rows

    def _write_reasons(self, sheet, formats, export):
        """Why, how much of it and what it is worth, the most first."""
        report = self.env["order.variance.report"]
        money = report._get_money_fields()
        titles = [
            self.env._("What Happened"),
            self.env._("Reason"),
            self.env._("Order Lines"),
            self.env._("Quantity"),
        ]
        if money:
            titles.append(self.env._("Amount"))
        for place, title in enumerate(titles):
            sheet.write(0, place, title, formats["head"])
        number = 0
        for field, what in _REASONS:
            for label, count, *figures in self._read_reasons(
                export, field, what, bool(money)
            ):
                number += 1
                sheet.write_string(number, 0, self._get_label(f"{what}_qty"))
                sheet.write_string(number, 1, label)
                sheet.write_number(number, 2, count)
                sheet.write_number(number, 3, figures[0], formats["quantity"])
                if money:
                    sheet.write_number(number, 4, figures[1], formats["money"])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 4, 14)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(number, 1), len(titles) - 1)

    def _read_reasons(self, export, field, what, has_money):
        aggregates = ["__count", f"{what}_qty:sum"]
        if has_money:
            aggregates.append(f"{what}_amount:sum")
        groups = self.env["order.variance.report"]._read_group(
            export._get_domain() & Domain(f"{what}_qty", ">", 0), [field], aggregates
        )
        rows = []
        for reason, *figures in groups:
            if isinstance(reason, models.BaseModel):
                reason = reason.display_name
            rows.append((reason or self.env._("No reason given"), *figures))
        return sorted(rows, key=lambda row: -row[-1])
