# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import os
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

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
    text_of,
)
from odoo.addons.order_management.neutral.spreadsheet.headers import title_key
from odoo.addons.order_management.tools.spreadsheet_text import describe_file_error

from .distribution_ledger_post import MAX_QUANTITY

#: titles of columns, in the languages of the suite
TITLES = {
    "code": "sku|code|item code|product code|mã hàng|mã sản phẩm|mã sku|商品编码|货号",
    "name": "name|product|product name|tên hàng|tên sản phẩm|商品名称|品名",
    "quantity": "quantity|qty|số lượng|sl|tồn|tồn kho|stock|数量|库存",
    "unit": "unit|uom|đơn vị|đvt|đơn vị tính|单位",
    "date": "date|day|ngày|ngày bán|日期",
    "amount": "amount|value|revenue|thành tiền|doanh số|金额",
    "expiry": "expiry|expiry date|hạn dùng|hạn sử dụng|hsd|有效期|到期日",
}
_MAX_ROWS = 50_000


class DistributionReport(models.Model):
    """A report; here: how its file is read and what becomes of its rows."""

    _inherit = "distribution.report"

    def action_import(self):
        """Import the good rows; bad ones come back as a file with the reasons.

        Rows that the member reported before for the same product and day are
        corrected to the new figure; rows that are not in the file stay.

        :raises UserError: the file cannot be read at all
        """
        self.check_access("write")
        for report in self:
            report._import()
        return self._transition("done")

    def _import(self):
        read = self._read_rows()
        found, open_rows = self.env["distribution.sku.map"]._find_products(
            self.member_id, {row["code"] for row in read if row["code"]}
        )
        for row in read:
            self._understand(row, found)
        self._remember_unknown(read, found, open_rows)
        good = [row for row in read if not row["message"]]
        if self.kind == "stock":
            good = self._merge_rows(good)
            self._fill_count(good)
        else:
            good = self._merge_rows(good)
            self.correction_count = self._post_sell_out(good)
        self._keep_rows(read)

    # --- reading ---
    @contextmanager
    def _open_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.xlsx")
            with open(path, "wb") as file:
                file.write(base64.b64decode(self.file))
            yield path

    def _read_rows(self):
        """Rows below the titles as dicts of cells, with a place for messages."""
        try:
            with self._open_file() as path:
                layout = inspect(path, header_row=0)
                numbered = []
                for row in rows(path, layout):
                    numbered.append(row)
                    if len(numbered) > _MAX_ROWS:
                        raise UserError(
                            self.env._("The file has too many rows. Split it in parts.")
                        )
        except SpreadsheetError as error:
            raise UserError(describe_file_error(self.env, error)) from error
        columns, start = self._find_titles(numbered)
        return [
            self._to_row(number, values, columns) for number, values in numbered[start:]
        ]

    def _find_titles(self, numbered):
        """``({field: column}, index of the first row below the titles)``."""
        keys = {
            title_key(title): name
            for name, titles in TITLES.items()
            for title in titles.split("|")
        }
        for index, (_number, values) in enumerate(numbered[:20]):
            columns = {}
            for column, value in enumerate(values):
                name = keys.get(title_key(text_of(value))) if value else None
                if name:
                    columns.setdefault(name, column)
            if {"code", "quantity"} <= columns.keys():
                return columns, index + 1
        raise UserError(
            self.env._(
                "No row of titles with “SKU” and “Quantity” was found. Download the "
                "template and use its titles."
            )
        )

    def _to_row(self, number, values, columns):
        cells = {
            name: values[column] if column < len(values) else None
            for name, column in columns.items()
        }
        code = cells.get("code")
        code = "" if code is None or is_error(code) else text_of(code)
        return {
            "row_number": number,
            "cells": cells,
            "code": self.env["distribution.sku.map"]._normalize(code)[:64],
            "message": "",
        }

    # --- understanding ---
    def _understand(self, row, found):
        """Fill product, quantity, date and amount, or the message of the row."""
        try:
            row["product"], unit = self._understand_product(row, found)
            row["unit"] = self._understand_unit(row, unit)
            row["entered"] = self._understand_number(row, "quantity")
            if row["entered"] < 0:
                raise UserError(
                    self.env._("Below zero. Report returns of consumers as less sold.")
                )
            row["quantity"] = row["unit"]._compute_quantity(
                row["entered"], row["product"].uom_id, round=False
            )
            row["date"] = self._understand_date(row, "date") or self.date_to
            row["expiry"] = self._understand_date(row, "expiry")
            row["amount"] = self._understand_number(row, "amount", required=False)
            if not self.date_from <= row["date"] <= self.date_to:
                raise UserError(
                    self.env._(
                        "%(day)s is not in the period of the report.",
                        day=format_date(self.env, row["date"]),
                    )
                )
        except UserError as error:
            row["message"] = str(error)

    def _understand_product(self, row, found):
        if not row["code"]:
            raise UserError(self.env._("The SKU is missing."))
        if row["code"] not in found:
            raise UserError(
                self.env._(
                    "Nobody has said what the SKU “%(code)s” is. Choose its product in "
                    "the SKU list of the member, then import this row again.",
                    code=row["code"],
                )
            )
        return found[row["code"]]

    def _understand_unit(self, row, unit):
        text = text_of(row["cells"].get("unit") or "").strip().casefold()
        if not text:
            return unit
        product = row["product"]
        units = product.uom_id | product.uom_ids | unit
        for candidate in units:
            if candidate.name.casefold() == text:
                return candidate
        raise UserError(
            self.env._(
                "“%(unit)s” is no unit of %(product)s. Use one of: %(units)s.",
                unit=text[:40],
                product=product.display_name,
                units=", ".join(units.mapped("name")),
            )
        )

    def _understand_number(self, row, name, required=True):
        value = row["cells"].get(name)
        if value in (None, "") and not required:
            return None
        try:
            if is_error(value):
                raise ValueError("a formula")
            number = float(parse_number(value))
            if abs(number) > (MAX_QUANTITY if name == "quantity" else 1e14):
                raise ValueError("too large")
        except (ValueError, ArithmeticError) as error:
            raise UserError(
                self.env._("“%(value)s” is no number.", value=shown(value)[:40])
            ) from error
        return number

    def _understand_date(self, row, name):
        value = row["cells"].get(name)
        if value in (None, ""):
            return None
        try:
            if is_error(value):
                raise ValueError("a formula")
            return datetime.fromisoformat(parse_date(value, pytz.utc)).date()
        except (ValueError, OverflowError) as error:
            raise UserError(
                self.env._("“%(value)s” is no date.", value=shown(value)[:40])
            ) from error

    def _merge_rows(self, good):
        """Rows of the same product and day are added up."""
        merged = {}
        for row in good:
            key = row["product"].id, row["date"] if self.kind == "sell_out" else None
            known = merged.get(key)
            if not known:
                merged[key] = dict(row)
                continue
            known["quantity"] += row["quantity"]
            if row["amount"] is not None:
                known["amount"] = (known["amount"] or 0.0) + row["amount"]
            known["expiry"] = min(
                filter(None, (known["expiry"], row["expiry"])), default=None
            )
        return list(merged.values())

    def _remember_unknown(self, read, found, open_rows):
        """Keep unknown SKUs in the member's list, to be told what they are."""
        new = {}
        for row in read:
            code = row["code"]
            if code and code not in found and code not in open_rows:
                name = row["cells"].get("name")
                new.setdefault(code, False if name is None else text_of(name)[:128])
        self.env["distribution.sku.map"].sudo().create(
            [
                {"member_id": self.member_id.id, "code": code, "name": name}
                for code, name in new.items()
            ]
        )

    # --- what becomes of the rows ---
    def _post_sell_out(self, good):
        """Post what was not reported before, and the difference to what was.

        :return: how many rows corrected an earlier report
        """
        before = self._get_reported(good)
        vals_list, corrections = [], 0
        for row in good:
            spot = row["product"].id, row["date"]
            quantity, amount, known = before[spot]
            delta = round(row["quantity"] - quantity, 9)
            if not delta:
                continue
            corrections += bool(known)
            vals = {
                "member_id": self.member_id.id,
                "product_id": row["product"].id,
                "kind": "sell_out",
                "quantity": delta,
                "date": row["date"],
                "res_model": self._name,
                "res_id": self.id,
                "key": f"{self._name}:{self.id}:{spot[0]}:{spot[1]}:{known}",
                "reason": self.name,
            }
            if row["amount"] is not None:
                vals["value"] = row["amount"] - amount
            else:
                vals["price_unit"] = row["product"].lst_price
            vals_list.append(vals)
        self.env["distribution.ledger"]._post(vals_list)
        return corrections

    def _get_reported(self, good):
        """``{(product id, day): (quantity, value, number of postings)}`` so far."""
        groups = (
            self.env["distribution.ledger"]
            .sudo()
            ._read_group(
                [
                    ("member_id", "=", self.member_id.id),
                    ("kind", "=", "sell_out"),
                    ("res_model", "=", self._name),
                    ("date", ">=", self.date_from),
                    ("date", "<=", self.date_to),
                    ("product_id", "in", [row["product"].id for row in good]),
                ],
                ["product_id", "date:day"],
                ["quantity:sum", "company_value:sum", "__count"],
            )
        )
        before = defaultdict(lambda: (0.0, 0.0, 0))
        for product, day, *figures in groups:
            before[product.id, fields.Date.to_date(day)] = tuple(figures)
        return before

    def _fill_count(self, good):
        """Enter the reported stock into the count of the month."""
        Count = self.env["distribution.stock.count"]
        start = self.date_to.replace(day=1)
        count = Count.search(
            [("member_id", "=", self.member_id.id), ("date_from", "=", start)]
        ) or Count.create({"member_id": self.member_id.id, "date_from": start})
        count.action_load()
        lines = {line.product_id: line for line in count.line_ids}
        new = []
        for row in good:
            vals = {
                "counted_qty": row["quantity"],
                "is_counted": True,
                "expiry_date": row["expiry"],
            }
            if line := lines.get(row["product"]):
                line.write(vals)
            else:
                new.append(
                    {"count_id": count.id, "product_id": row["product"].id, **vals}
                )
        self.env["distribution.stock.count.line"].create(new)
        self.count_id = count

    def _keep_rows(self, read):
        bad = [row for row in read if row["message"]]
        self.line_ids.sudo().unlink()
        self.env["distribution.report.line"].sudo().create(
            [
                {
                    "report_id": self.id,
                    "row_number": row["row_number"],
                    "code": row["code"],
                    "product_id": row["product"].id if row.get("product") else False,
                    "quantity": row.get("entered") or 0.0,
                    "product_uom_id": row["unit"].id if row.get("unit") else False,
                    "amount": row.get("amount") or 0.0,
                    "date": row.get("date"),
                    "message": row["message"] or False,
                }
                for row in read
            ]
        )
        self.good_count = len(read) - len(bad)
        self.bad_count = len(bad)
        self.reject_file = self._write_rejects(bad) if bad else False

    def _write_rejects(self, bad):
        """The refused rows as a file that can be corrected and sent again."""
        names = list(TITLES)
        table = [
            [*(row["cells"].get(name) for name in names), row["message"]] for row in bad
        ]
        return self.env["distribution.report.template"]._write_table(
            [*names, "message"], table
        )
