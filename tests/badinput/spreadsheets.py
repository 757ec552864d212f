"""Files as people, programs and attackers make them, with what has to become of them.

``FILES`` maps a name to ``(bytes, lines, refused rows)``; lines is a word of the
problem where the file as a whole cannot be used.
"""

import io
import random
import zipfile
from datetime import datetime

import openpyxl
import xlsxwriter

HEAD = [
    "Order Number",
    "Order Date",
    "SKU",
    "Quantity",
    "Unit Price",
    "Currency",
    "Customer Name",
    "Status",
]
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "＝1+1", " =1+1"]
MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
FILES = {}


def row(number, **values):
    cells = dict.fromkeys(HEAD, "")
    cells |= {
        "Order Number": number,
        "Order Date": "19/07/2026 08:12",
        "SKU": "SHEET-LAMP",
        "Quantity": "2",
        "Unit Price": "40.50",
        "Currency": "USD",
        "Customer Name": f"Buyer {number}",
        "Status": "paid",
    }
    cells |= {name.replace("_", " "): value for name, value in values.items()}
    return list(cells.values())


def _csv(*rows, delimiter=",", newline="\r\n", encoding="utf-8", head=HEAD):
    lines = [delimiter.join(map(str, values)) for values in (head, *rows)]
    return (newline.join(lines) + newline).encode(encoding)


def _good(count=3, prefix="G"):
    return [row(f"{prefix}{number}") for number in range(1, count + 1)]


def _openpyxl(fill, *rows):
    book = openpyxl.Workbook()
    for values in (HEAD, *rows):
        book.active.append(values)
    fill(book, book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _xlsxwriter(fill, *rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, values in enumerate((HEAD, *rows)):
            sheet.write_row(number, 0, values)
        fill(book, sheet)
    return stream.getvalue()


def _nothing(_book, _sheet):
    """The rows alone."""


def _rewrite(content, name, change):
    """The same workbook with the text of one part changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            data = source.read(part)
            target.writestr(part, change(data) if part == name else data)
    return stream.getvalue()


def _claim_size(content, name, size):
    """The table of contents says that ``name`` unpacks to ``size`` bytes."""
    data = bytearray(content)
    at = data.rindex(name.encode(), 0, len(data))
    data[at - 22 : at - 18] = size.to_bytes(4, "little")
    return bytes(data)


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def _add_texts():
    """CSV: encodings, signs between cells, line ends."""
    rows = _good()
    for name, encoding in (
        ("BOM", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16 LE without mark", "utf-16-le"),
        ("UTF-16 BE without mark", "utf-16-be"),
        ("UTF-32", "utf-32"),
    ):
        accented = [*rows, row("G4", Customer_Name="Nguyễn Thị Hoa 花")]
        FILES[f"{name}.csv"] = (_csv(*accented, encoding=encoding), 4, 0)
    for name, sign in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        FILES[f"{name}.csv"] = (_csv(*rows, delimiter=sign), 3, 0)
    FILES["sep.csv"] = (b"sep=;\r\n" + _csv(*rows, delimiter=";"), 3, 0)
    FILES["old Mac.csv"] = (_csv(*rows, newline="\r"), 3, 0)
    gaps = _csv(rows[0], [""] * 8, [], rows[1], [" "] * 8, rows[2])
    FILES["empty rows.csv"] = (gaps, 3, 0)
    FILES["NUL.csv"] = (_csv(*rows).replace(b"Buyer", b"Bu\x00yer"), 3, 0)
    FILES["titles only.csv"] = (_csv(), "no rows", 0)
    FILES["nothing.csv"] = (b"\r\n\r\n,,,\r\n", "no rows", 0)
    broken = _csv(*rows, encoding="utf-16")[:-1]
    FILES["cut UTF-16.csv"] = (broken, "encoding", 0)
    noise = random.Random(7).randbytes(5_000)
    FILES["noise.csv"] = (noise, "", 0)


def _add_cells():
    """CSV: figures, dates, odd cells."""
    FILES["figures.csv"] = (
        _csv(
            row("N1", Unit_Price="1.234,56"),
            row("N2", Unit_Price="12.345.678,9"),
            row("N3", Unit_Price="0,5", Quantity="1 000"),
            row("N4", Unit_Price="(5,00)"),
            row("N5", Unit_Price="twelve"),
            row("N6", Quantity="-1"),
            row("N7", Quantity="NaN"),
            row("N8", Unit_Price="1e999"),
            delimiter=";",
        ),
        3,
        5,
    )
    dates = ["2026-07-19", "46222", "19.07.2026", "Jul 19, 2026", "2026/07/19 8:12 PM"]
    wrong = ["31/31/2026", "tomorrow", "99999999", "0000-00-00", ""]
    FILES["dates.csv"] = (
        _csv(
            *(row(f"D{n}", Order_Date=text) for n, text in enumerate(dates)),
            *(row(f"W{n}", Order_Date=text) for n, text in enumerate(wrong)),
            delimiter=";",
        ),
        5,
        5,
    )
    short = [row("S1"), row("S2")[:3], ["", "", "", "many"], row("")]
    FILES["short rows.csv"] = (_csv(*short), 1, 3)
    FILES["no number.csv"] = (_csv(row("null"), row("N/A"), row("ok")), 1, 2)
    twice = [row("T1"), row("T1", Currency="EUR"), row("T2")]
    FILES["contradiction.csv"] = (_csv(*twice), 1, 2)
    wide = [*HEAD, *(f"Extra {number}" for number in range(992))]
    rows = [[*values, *["x"] * 992] for values in _good()]
    FILES["1,000 columns.csv"] = (_csv(*rows, head=wide), 3, 0)
    formulas = [row(f"F{n}", Customer_Name=text) for n, text in enumerate(FORMULAS)]
    refused = [
        row(f"R{n}", Customer_Name=text, Quantity="x")
        for n, text in enumerate(FORMULAS)
    ]
    FILES["formulas.csv"] = (_csv(*formulas, *refused, delimiter=";"), 7, 7)
    marked = row("H1", Customer_Name=MARKUP, Quantity="x")
    FILES["markup.csv"] = (_csv(*_good(), marked, delimiter=";"), 3, 1)
    FILES["huge cell.csv"] = (_csv(row("X1", Customer_Name="x" * 100_000)), 0, 1)
    endless = _csv(row("X1", Customer_Name="x" * 300_000), row("X2"))
    FILES["endless cell.csv"] = (endless, 1, 1)


def _add_quotes():
    """CSV: quotation marks that swallow rows."""
    name = HEAD.index("Customer Name")
    head = [*HEAD[:name], *HEAD[name + 1 :], "Customer Name"]

    def quoted(text, at):
        rows = [values[:name] + values[name + 1 :] + ["Hoa"] for values in _good(6)]
        rows[at][-1] = text
        return _csv(*rows, head=head)

    FILES["open at the end.csv"] = (quoted('"Hoa', 5), "quotation mark", 0)
    FILES["open before the end.csv"] = (quoted('"Hoa', 2), "quotation mark", 0)
    twice = quoted('"Hoa', 1).replace(b"G4,", b'"G4",')
    FILES["open between.csv"] = (twice, "quotation mark", 0)
    FILES["inside.csv"] = (quoted('5" pipe', 1), 6, 0)
    FILES["closed early.csv"] = (quoted('"5" pipe', 1), 6, 0)
    FILES["two lines.csv"] = (quoted('"Hoa\r\nHue"', 1), 6, 0)


def _add_workbooks():
    """XLSX: what spreadsheet programs do."""

    def merged(_book, sheet):
        cells = dict.fromkeys(("Order_Date", "Currency", "Customer_Name", "Status"))
        sheet.append(row(None, **cells))
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B3")

    FILES["merged.xlsx"] = (_openpyxl(merged, row("M1")), 2, 0)

    def uncomputed(_book, sheet):
        sheet["D3"] = "=1+1"
        sheet["E4"] = "=D4*2"
        sheet["I5"] = "=1+1"

    FILES["not computed.xlsx"] = (_openpyxl(uncomputed, *_good(4)), 2, 2)
    only = [["=A1"] * 8, ["=A1", None, "=C1"]]
    FILES["only formulas.xlsx"] = (_openpyxl(_nothing, *only, *_good(2)), 2, 2)

    def computed(_book, sheet):
        sheet.write_formula("D3", "=1+1", None, 2)
        sheet.write_formula("G3", '=""', None, "")
        sheet.write_formula("E4", "=1/0", None, "#DIV/0!")

    # as spreadsheet programs write a formula whose result is an empty text
    empty = (b'<c r="G3"><f>""</f>', b'<c r="G3" t="str"><f>""</f>')
    book = _rewrite(_xlsxwriter(computed, *_good()), SHEET, lambda d: d.replace(*empty))
    FILES["computed.xlsx"] = (book, 2, 1)

    def types(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime("B2", datetime(2026, 7, 19, 8, 12), day)
        sheet.write_number("B3", 46222.5)
        sheet.write_number("B4", 5)
        sheet.write_boolean("D5", True)
        sheet.write_number("A6", 12345)
        sheet.write_number("D7", 1e300)
        sheet.write_datetime("B8", datetime(1901, 1, 1), day)

    FILES["types.xlsx"] = (_xlsxwriter(types, *_good(7)), 3, 4)

    def hidden(book, sheet):
        sheet.hide()
        other = book.add_worksheet("Seen")
        other.activate()
        for number, values in enumerate((HEAD, *_good(2, "V"))):
            other.write_row(number, 0, values)

    FILES["hidden sheet.xlsx"] = (_xlsxwriter(hidden, *_good(5)), 2, 0)

    def gap(_book, sheet):
        sheet.write_row(500_000, 0, row("L1"))
        sheet.write(3, 999, "far right")

    FILES["gaps.xlsx"] = (_xlsxwriter(gap, *_good()), 4, 0)
    wide = [[*values, *["x"] * 992] for values in _good()]
    FILES["1,000 columns.xlsx"] = (_xlsxwriter(_nothing, *wide), 3, 0)
    texts = [
        row(f"F{n}", Customer_Name=t, Quantity="x") for n, t in enumerate(FORMULAS)
    ]

    def as_text(_book, sheet):
        for number, text in enumerate(FORMULAS):
            sheet.write_string(number + 1, HEAD.index("Customer Name"), text)

    FILES["formula texts.xlsx"] = (_xlsxwriter(as_text, *texts), 0, 7)


def _add_attacks():
    """XLSX: what nobody makes by accident."""
    good = _xlsxwriter(_nothing, *_good())
    FILES["bomb.xlsx"] = (_claim_size(good, SHEET, 2**31), "unpacks", 0)
    FILES["text bomb.xlsx"] = (_claim_size(good, STRINGS, 2**29), "unpacks", 0)
    FILES["no archive.xlsx"] = (b"PK\x03\x04 and nothing else", "XLSX", 0)
    FILES["cut.xlsx"] = (good[: len(good) // 2], "XLSX", 0)
    FILES["renamed.xlsx"] = (_csv(*_good()), 3, 0)
    far = _rewrite(good, SHEET, lambda d: d.replace(b'r="4"', b'r="2000000000"'))
    FILES["far row.xlsx"] = (far, "XLSX", 0)
    back = _rewrite(good, SHEET, lambda d: d.replace(b'<row r="4"', b'<row r="2"'))
    FILES["row twice.xlsx"] = (back, "XLSX", 0)
    lost = _rewrite(good, STRINGS, lambda _d: b"<sst/>")
    FILES["lost texts.xlsx"] = (lost, "XLSX", 0)
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">'
        for n in range(12)
    )
    for name, entities, use in (
        ("laughs", laughs, b"&l11;"),
        ("entity", '<!ENTITY l "entity">', b"&l;"),
        ("foreign", '<!ENTITY l SYSTEM "file:///etc/passwd">', b"&l;"),
    ):
        head = f"<!DOCTYPE sst [{entities}]>".encode()

        def change(data, head=head, use=use):
            data = data.replace(b"?>", b"?>" + head, 1)
            return data.replace(b"Buyer G2", use)

        FILES[f"{name}.xlsx"] = (_rewrite(good, STRINGS, change), None, None)


for _add in (_add_texts, _add_cells, _add_quotes, _add_workbooks, _add_attacks):
    _add()
