# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from neutral.spreadsheet import (
    SpreadsheetError,
    guess_columns,
    inspect,
    rows,
)
from neutral.spreadsheet.cells import Formula
from neutral.spreadsheet.headers import (
    column_titles,
    find_header,
    match_header,
    title_key,
)

VI = [
    ["Mã đơn hàng", "Ngày đặt hàng", "Mã sản phẩm", "Số lượng", "Đơn giá"],
    ["DH1", "31/10/2026", "A-1", "2", "150.000"],
    ["DH2", "01/11/2026", "Ốc vít đường kính nhỏ", "1", "99.000"],
]
ZH = [
    ["订单编号", "下单时间", "商品编码", "数量", "单价"],
    ["A1", "2026-10-31", "红色连衣裙", "2", "150.00"],
    ["A2", "2026-11-01", "蓝色牛仔裤", "1", "99.00"],
]
EN = [
    ["Order ID", "Order Date", "SKU", "Qty", "Unit Price"],
    ["A1", "31/10/2026", "Café crème – 5 €", "2", "150.00"],
    ["A2", "01/11/2026", "Müller Straße", "1", "99.00"],
]
FIELDS = ["external_id", "placed_at", "line.sku", "line.quantity", "line.unit_price"]


def write_csv(path, table, encoding="utf-8", delimiter=",", newline="\r\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_1258(path, table):
    """windows-1258 writes tone marks after the vowel."""
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"
    text = "\r\n".join(",".join(row) for row in table)
    data = b""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in parts if mark in tones)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
        data += (base + tone).encode("cp1258")
    path.write_bytes(data)
    return path


def write_xlsx(path, table, **sheets):
    book = openpyxl.Workbook()
    book.active.title = "Orders"
    for row in table:
        book.active.append(row)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    book.save(path)
    return path


def all_rows(path, **known):
    layout = inspect(path, **known)
    return [values for _number, values in rows(path, layout)]


@pytest.mark.parametrize(
    ("table", "encoding", "delimiter", "found"),
    [
        (VI, "utf-8", ",", "utf-8"),
        (VI, "utf-8-sig", ";", "utf-8-sig"),
        (VI, "utf-16", "\t", "utf-16"),
        (EN, "utf-16-le", ",", "utf-16-le"),
        (EN, "utf-16-be", ",", "utf-16-be"),
        (ZH, "gb18030", ",", "gb18030"),
        (ZH, "utf-8", "|", "utf-8"),
        (EN, "cp1252", ";", "cp1252"),
        (EN, "utf-8", "\t", "utf-8"),
    ],
)
def test_encodings_and_delimiters(tmp_path, table, encoding, delimiter, found):
    """OM-2: delimiter, encoding and header row are found, not asked for."""
    path = write_csv(tmp_path / "x.csv", table, encoding, delimiter)
    layout = inspect(path)
    assert (layout.encoding, layout.delimiter) == (found, delimiter)
    assert layout.header_row == 1
    assert list(layout.headers) == table[0]
    assert all_rows(path) == table[1:]
    assert list(guess_columns(layout.headers)) != []
    assert sorted(guess_columns(layout.headers)) == sorted(FIELDS)


def test_windows_1258(tmp_path):
    path = write_1258(tmp_path / "x.csv", VI)
    assert inspect(path).encoding == "cp1258"
    assert all_rows(path) == VI[1:]


def test_encoding_shows_late_in_the_file(tmp_path):
    plain = [["Order ID", "SKU", "Qty"], *([["A", "B", "1"]] * 60000)]
    path = write_csv(tmp_path / "x.csv", [*plain, ["Z", "Café", "1"]], "cp1252")
    assert all_rows(path)[-1] == ["Z", "Café", "1"]
    path = write_csv(tmp_path / "y.csv", [*plain, ["Z", "Cà phê", "1"]], "utf-8")
    assert all_rows(path)[-1] == ["Z", "Cà phê", "1"]


def test_wrong_encoding_is_an_answer_not_a_traceback(tmp_path):
    path = write_csv(tmp_path / "x.csv", ZH, "gb18030")
    with pytest.raises(SpreadsheetError) as caught:
        all_rows(path, encoding="utf-8")
    assert caught.value.code == "encoding"
    assert "UTF-8" in str(caught.value)
    with pytest.raises(SpreadsheetError, match="no encoding “klingon”"):
        inspect(path, encoding="klingon")


def test_quotes_line_breaks_and_blank_rows(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        'Order ID,SKU,Note\r\n\r\nA,"say ""hi"", you","two\r\nlines"\r\n,,\r\n'
        'B,b"c,d\r\n',
        encoding="utf-8",
        newline="",
    )
    layout = inspect(path)
    assert list(rows(path, layout)) == [
        (3, ["A", 'say "hi", you', "two\r\nlines"]),
        (5, ["B", 'b"c', "d"]),
    ]


def test_quote_that_is_never_closed(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('Order ID,SKU\nA,"b\n' + "x,y\n" * 100000, encoding="utf-8")
    with pytest.raises(SpreadsheetError) as caught:
        all_rows(path)
    assert caught.value.code == "broken_row"


def test_nul_bytes_do_not_stop_the_file(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"Order ID,SKU\nA\x00,b\nC,d\n")
    assert all_rows(path) == [["A", "b"], ["C", "d"]]


def test_titles_above_the_header(tmp_path):
    table = [
        ["DANH SÁCH ĐƠN HÀNG THÁNG 10"],
        ["Từ ngày", "1/10/2026", "đến", "31/10/2026"],
        [],
        *VI,
    ]
    for path in (
        write_csv(tmp_path / "x.csv", table, delimiter=";"),
        write_xlsx(tmp_path / "x.xlsx", table),
    ):
        layout = inspect(path)
        assert layout.header_row == 4
        assert [number for number, _values in rows(path, layout)] == [5, 6]


def test_unknown_titles_and_none(tmp_path):
    assert find_header([(1, ["foo", "bar"]), (2, ["1", "2"])]) == 1
    assert find_header([(1, ["A1", "2"]), (2, ["A2", "3"])]) == 0


def test_xlsx_keeps_types(tmp_path):
    table = [EN[0], ["A1", datetime(2026, 10, 31, 14, 20), 12, 2.5, None]]
    path = write_xlsx(tmp_path / "x.xlsx", table)
    assert all_rows(path) == [["A1", datetime(2026, 10, 31, 14, 20), 12, 2.5]]


def test_xlsx_sheets(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", [], Data=EN, Other=VI)
    layout = inspect(path)
    assert layout.sheets == ("Orders", "Data", "Other")
    assert layout.sheet == "Data"
    assert all_rows(path, sheet="Other") == VI[1:]
    with pytest.raises(SpreadsheetError, match="no sheet “Nope”"):
        inspect(path, sheet="Nope")


def test_xlsx_merged_cells_and_formulas(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in EN:
        sheet.append(row)
    sheet["F1"] = "Total"
    sheet["F2"] = "=D2*E2"
    sheet.merge_cells("A2:A3")
    path = tmp_path / "x.xlsx"
    book.save(path)
    assert [values[0] for values in all_rows(path)] == ["A1", None]
    # no program has computed the formula: neither a text nor nothing
    [total] = [values[5] for values in all_rows(path) if len(values) > 5]
    assert isinstance(total, Formula) and total == "=D2*E2"


def _archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old_excel"),
        (b"%PDF-1.7 rest", "pdf"),
        (b"PK\x03\x04 but not really", "broken_excel"),
        (_archive, "broken_excel"),
    ],
)
def test_files_that_are_none(tmp_path, content, code):
    path = tmp_path / "x.csv"
    content(path) if callable(content) else path.write_bytes(content)
    with pytest.raises(SpreadsheetError) as caught:
        inspect(path)
    assert caught.value.code == code
    assert str(caught.value)


def test_random_bytes_never_raise_anything_else(tmp_path):
    import random

    draw = random.Random(3)
    path = tmp_path / "x.csv"
    for _round in range(200):
        path.write_bytes(draw.randbytes(draw.randrange(1, 400)))
        try:
            all_rows(path)
        except SpreadsheetError as error:
            assert error.code


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Order #", "external_id"),
        ("InvoiceNo", "external_id"),
        ("SKU phân loại hàng", "line.sku"),
        ("Đơn giá (VND)", "line.unit_price"),
        ("* Số lượng:", "line.quantity"),
        ("số  lượng", "line.quantity"),
        ("SO LUONG", "line.quantity"),
        ("收货人姓名", "shipping_address.name"),
        ("Tỉnh/Thành phố", "shipping_address.state"),
        ("Quận / Huyện", "shipping_address.city"),
        ("StockCode", "line.sku"),
        ("Thuế suất GTGT", "line.tax_rate"),
        ("Tax %", "line.tax_rate"),
        ("Tax", "line.tax"),
        ("Buyer's phone number", "shipping_address.phone"),
        ("", ""),
        (None, ""),
        (5, ""),
        ("Foo", ""),
    ],
)
def test_titles(title, field):
    assert match_header(title)[0] == field


def test_titles_mean_one_field_each():
    """A synonym listed under two fields would be decided by the order of the file."""
    seen = {}
    for field, titles in column_titles().items():
        for title in titles:
            assert seen.setdefault(title_key(title), field) == field, title


def test_surest_title_wins():
    columns = guess_columns(["Price list", "Price", "Qty", "Quantity", "Order"])
    assert columns["line.unit_price"] == 1
    assert columns["line.quantity"] == 2
