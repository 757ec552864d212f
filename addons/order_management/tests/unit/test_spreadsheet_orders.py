# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import random
import tracemalloc
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from neutral import check_total, parse, validate
from neutral.spreadsheet import (
    BadRow,
    Mapping,
    guess_mapping,
    inspect,
    read_orders,
    reject_writer,
    rows,
)
from neutral.spreadsheet.cells import CellProblem

HEAD = ["Order No", "Date", "SKU", "Qty", "Price", "Customer", "Country", "Shipping"]


def write(path, table):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    return path


def read(path, table=None, defaults=None, mapping=None, **options):
    """Orders by number, bad rows by row number."""
    if table:
        write(path, table)
    layout = inspect(path)
    mapping = mapping or guess_mapping(
        layout, defaults or {"currency": "EUR"}, "Asia/Ho_Chi_Minh"
    )
    orders, bad = {}, {}
    for batch in read_orders(path, layout, mapping, **options):
        for payload, numbers in batch.orders:
            assert payload["external_id"] not in orders
            orders[payload["external_id"]] = (payload, numbers)
        bad.update({row.number: row for row in batch.bad_rows})
    return orders, bad


@pytest.fixture
def path(tmp_path):
    return tmp_path / "orders.csv"


def test_rows_become_orders(path):
    """OM-2: lines of an order are its rows, also with others between them."""
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "31/10/2026 14:20", "X", "2", "1.50", "Hoa", "Viet Nam", "5"],
            ["B", "1/11/2026", "Y", "1", "10", "Bình", "VN", ""],
            ["A", "", "Z", "3", "2", "", "", "5"],
        ],
    )
    assert not bad
    payload, numbers = orders["A"]
    assert numbers == [2, 4]
    assert payload["placed_at"] == "2026-10-31T14:20:00+07:00"
    assert [line["sku"] for line in payload["lines"]] == ["X", "Z"]
    assert payload["customer"] == {"name": "Hoa"}
    assert payload["shipping_address"] == {"country": "Viet Nam"}
    assert orders["B"][0]["shipping_address"] == {"country_code": "VN"}
    # without a column for it the total is the sum: 3 + 6 + 5
    assert payload["total"] == "14.00"
    for payload, _numbers in orders.values():
        assert validate(payload) == []
        assert check_total(parse(payload)).ok


def test_cells_that_cannot_be_used_are_named(path):
    """OM-2: per-cell errors with row, column, value and what is expected."""
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "31/10/2026", "X", "two", "1.50", "", "", ""],
            ["B", "soon", "X", "1", "1", "", "", ""],
            ["C", "", "X", "1", "1", "", "", ""],
            ["D", "31/10/2026", "X", "-1", "1", "", "", ""],
            ["", "31/10/2026", "X", "1", "1", "", "", ""],
            ["F", "31/10/2026", "X", "1", "", "", "", ""],
            ["G", "31/10/2026", "X", "1", "#REF!", "", "", ""],
            ["H", "31/10/2026", "X", "1", "1", "", "", "1"],
        ],
    )
    assert list(orders) == ["H"]
    found = {
        number: (row.problems[0].column, row.problems[0].code, row.problems[0].value)
        for number, row in bad.items()
    }
    assert found == {
        2: ("D", "number", "two"),
        3: ("B", "date", "soon"),
        4: ("B", "missing", ""),
        5: ("D", "invalid", "-1"),
        6: ("A", "missing", ""),
        7: ("E", "missing", ""),
        8: ("E", "error_value", "#REF!"),
    }
    assert bad[2].problems[0].text == (
        "D2: “two” is no number; expected a number such as 1234.56 or 1.234,56"
    )
    assert all(problem.text for row in bad.values() for problem in row.problems)


def test_one_bad_row_refuses_its_order_only(path):
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "31/10/2026", "X", "1", "1", "", "", ""],
            ["B", "31/10/2026", "X", "1", "1", "", "", ""],
            ["A", "", "Y", "x", "1", "", "", ""],
        ],
    )
    assert list(orders) == ["B"]
    assert [row.problems[0].code for row in bad.values()] == ["other_row", "number"]


def test_rows_that_contradict_each_other(path):
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "31/10/2026", "X", "1", "1", "", "Japan", ""],
            ["A", "29/10/2026", "Y", "1", "1", "", "Japan", ""],
        ],
    )
    assert not orders
    [problem] = bad[3].problems
    assert (problem.column, problem.code) == ("B", "conflict")


def test_rows_stamped_minutes_apart_are_one_order(path):
    """As in the real list: a till stamps each row."""
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "2010-12-01 16:57:00", "X", "1", "1", "", "", ""],
            ["A", "2010-12-01 16:58:00", "Y", "1", "1", "", "", ""],
        ],
    )
    assert not bad
    assert orders["A"][0]["placed_at"] == "2010-12-01T16:57:00+07:00"
    assert len(orders["A"][0]["lines"]) == 2


def test_rows_too_far_apart_never_make_a_second_order(path):
    table = [HEAD, ["A", "31/10/2026", "X", "1", "1", "", "", ""]]
    table += [[f"B{n}", "31/10/2026", "X", "1", "1", "", "", ""] for n in range(10)]
    table += [["A", "", "Y", "1", "1", "", "", ""]]
    orders, bad = read(path, table, window=5)
    assert len(orders) == 11
    assert len(orders["A"][0]["lines"]) == 1
    assert [row.problems[0].code for row in bad.values()] == ["scattered"]
    orders, bad = read(path, window=50)
    assert not bad
    assert orders["A"][1] == [2, 13]


def test_number_on_the_first_row_only(path):
    """Merged cells leave it so; a row of sums is no article."""
    orders, bad = read(
        path,
        [
            HEAD,
            ["A", "31/10/2026", "X", "1", "1", "Hoa", "", ""],
            ["", "", "Y", "2", "3", "", "", ""],
            ["", "", "Tổng cộng", "3", "7", "", "", ""],
        ],
    )
    assert orders["A"][1] == [2, 3]
    assert orders["A"][0]["total"] == "7.00"
    assert list(bad) == [4]


def test_dong_without_decimals(path):
    orders, _bad = read(
        path,
        [
            ["Mã đơn hàng", "Ngày đặt", "Mã hàng", "Số lượng", "Đơn giá", "Tổng tiền"],
            ["A", "31/10/2026", "X", "2", "150.000", "300.000 ₫"],
            ["B", "31/10/2026", "X", "1.5", "1.250", "1.875"],
        ],
        {"currency": "VND", "prices_include_tax": True},
    )
    assert orders["A"][0]["lines"][0]["unit_price"] == "150000"
    assert orders["A"][0]["total"] == "300000"
    assert orders["A"][0]["prices_include_tax"] is True
    assert orders["B"][0]["lines"][0]["quantity"] == "1.5"
    assert all(check_total(parse(payload)).ok for payload, _rows in orders.values())


def test_money_of_the_whole_order(path):
    head = ["Order No", "Date", "SKU", "Qty", "Line amount", "Voucher", "Currency"]
    head += ["Platform discount", "Tax %", "VAT included", "COD", "Status", "Tags"]
    orders, bad = read(
        path,
        [
            head,
            ["A", "31/10/2026", "X", "3", "30", "-5", "€", "2", "8%", "yes", "x"]
            + ["Shipped", "vip, new"],
        ],
        {"note": "from the list"},
    )
    assert not bad
    payload = orders["A"][0]
    assert payload["currency"] == "EUR"
    assert payload["lines"][0]["unit_price"] == "10"
    assert payload["lines"][0]["tax_rate"] == "8"
    assert [(d["amount"], d["borne_by"]) for d in payload["discounts"]] == [
        ("5", "seller"),
        ("2", "channel"),
    ]
    assert payload["total"] == "25.00"
    assert payload["payment"]["cash_on_delivery"] is True
    assert payload["status"] == "shipped"
    assert payload["tags"] == ["vip", "new"]
    assert payload["note"] == "from the list"


def test_xlsx_and_csv_give_the_same(tmp_path):
    table = [
        HEAD,
        [1001, datetime(2026, 10, 31, 14, 20), 85123, 2, 1.5, "Hoa", "Viet Nam", 5],
        [1001, None, "Z", 3, 2, None, None, None],
    ]
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    xlsx, _bad = read(tmp_path / "x.xlsx")
    as_text = [["" if cell is None else str(cell) for cell in row] for row in table]
    from_csv, _bad = read(tmp_path / "x.csv", as_text)
    assert xlsx == from_csv
    assert xlsx["1001"][0]["lines"][0]["sku"] == "85123"


def test_percent_cells_of_spreadsheet_programs(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Order No", "Date", "SKU", "Qty", "Price", "Tax %"])
    book.active.append(["A", datetime(2026, 10, 31), "X", 1, 100, 0.08])
    book.active["F2"].number_format = "0%"
    book.save(tmp_path / "x.xlsx")
    orders, _bad = read(tmp_path / "x.xlsx")
    assert orders["A"][0]["lines"][0]["tax_rate"] == "8"
    assert orders["A"][0]["total"] == "108.00"


def test_missing_columns_are_asked_for(path):
    write(path, [["Order No", "SKU"], ["A", "X"]])
    layout = inspect(path)
    mapping = guess_mapping(layout)
    assert mapping.missing() == [
        "placed_at",
        "line.quantity",
        "line.unit_price",
        "currency",
    ]
    with pytest.raises(ValueError, match="columns are missing for: placed_at"):
        next(read_orders(path, layout, mapping))
    whole = replace(mapping, defaults={"currency": "EUR"})
    assert "currency" not in whole.missing()


def test_unknown_time_zone(path):
    write(path, [HEAD, ["A", "31/10/2026", "X", "1", "1", "", "", ""]])
    layout = inspect(path)
    mapping = guess_mapping(layout, {"currency": "EUR"}, "Mars/Olympus")
    with pytest.raises(ValueError, match="unknown time zone"):
        next(read_orders(path, layout, mapping))


def test_mapping_is_remembered_by_titles(path):
    """OM-2: remembered per channel, also when columns have moved."""
    write(path, [HEAD, ["A", "31/10/2026", "X", "1", "1", "", "", ""]])
    layout = inspect(path)
    mapping = guess_mapping(layout, {"currency": "EUR"}, "Asia/Ho_Chi_Minh")
    kept = mapping.remember(layout.headers)
    moved = write(path, [HEAD[::-1], ["5", "Japan", "Hoa", "1", "2", "X", "", "A"]])
    again = guess_mapping(inspect(moved), remembered=kept)
    assert again.columns["external_id"] == len(HEAD) - 1
    assert (again.timezone, again.defaults) == (
        "Asia/Ho_Chi_Minh",
        {"currency": "EUR"},
    )
    gone = Mapping.recall(kept, ["Order No"])
    assert "line.quantity" in gone.missing()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_refused_rows_come_back_as_a_file(tmp_path, path, kind):
    """OM-2: the file of the bad rows, with reasons; mended, it can be sent again."""
    table = [
        HEAD,
        ["A", "31/10/2026", "=HYPERLINK(1)", "two", "1", "Hoa", "", ""],
        ["A", "", "+84", "1", "-1", "@x", "", ""],
    ]
    _orders, bad = read(path, table)
    target = tmp_path / f"bad.{kind}"
    layout = replace(inspect(path), kind=kind)
    with reject_writer(target, layout) as writer:
        writer.add(bad.values())
    assert writer.count == 2
    back = inspect(target)
    assert back.headers == (*HEAD, "Row", "Problems")
    values = [cells for _number, cells in rows(target, back)]
    assert [cells[:8] for cells in values] == [
        [cell or (None if kind == "xlsx" else "") for cell in row] for row in table[1:]
    ]
    assert [str(cells[8]) for cells in values] == ["2", "3"]
    assert "“two” is no number" in values[0][9]
    assert "another row" in values[1][9]
    orders, still_bad = read(target)
    assert not orders and len(still_bad) == 2


def test_nothing_in_the_refused_file_is_a_formula(tmp_path, path):
    cells = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\x00\x1bx\ud800", "y", "z", "w"]
    layout = inspect(write(path, [HEAD, ["A"] * 8]))
    problem = CellProblem(
        2, "A", "external_id", "=1+1", "invalid", "=cmd|' /C calc'!A0"
    )
    bad = [BadRow(2, cells, [problem])]
    with reject_writer(tmp_path / "x.csv", layout) as writer:
        writer.add(bad)
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("'=1+1,'+1+1,'-1+1,'@SUM(A1),")
    with reject_writer(tmp_path / "x.xlsx", replace(layout, kind="xlsx")) as writer:
        writer.add(bad)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [cell.value for cell in sheet[2]][:4] == cells[:4]


CELLS = [
    "",
    " ",
    "A",
    "B",
    "31/10/2026",
    "46326",
    "1",
    "0",
    "-1",
    "2.5",
    "1.234.567,89",
    "1e400",
    "9" * 40,
    "NaN",
    "=1+1",
    "#N/A",
    "\x00\x07",
    "\u202eevil",
    "<script>",
    "'; DROP TABLE x; --",
    "Tổng cộng",
    "x" * 30000,
    "Việt Nam",
]


def test_any_cells_no_row_lost_none_doubled(path):
    """Bad input: every row is in one order or refused with a reason, never both."""
    draw = random.Random(11)
    for _round in range(30):
        table = [HEAD + ["Total", "Status", "Tags", "COD", "Voucher", "Cancelled Qty"]]
        for number in range(60):
            table.append(
                [f"N{number % 25}", "31/10/2026", "X", "1", "5"]
                + [draw.choice(CELLS) for _cell in table[0][5:]]
            )
            for index in range(5):
                if draw.random() < 0.08:
                    table[-1][index] = draw.choice(CELLS)
        orders, bad = read(path, table, window=40)
        taken = [number for _payload, numbers in orders.values() for number in numbers]
        assert sorted(taken + list(bad)) == list(range(2, 62))
        assert all(row.problems for row in bad.values())
        for payload, _numbers in orders.values():
            assert validate(payload) == []
            check_total(parse(payload))


def test_progress_and_batches(path):
    table = [HEAD]
    table += [[f"A{n}", "31/10/2026", "X", "1", "1", "", "", ""] for n in range(250)]
    write(path, table)
    layout = inspect(path)
    seen = []
    sizes = [
        len(batch.orders)
        for batch in read_orders(
            path,
            layout,
            guess_mapping(layout, {"currency": "EUR"}),
            batch_size=100,
            window=20,
            progress=lambda done, estimate: seen.append((done, estimate)),
        )
    ]
    assert sum(sizes) == 250
    assert max(sizes) <= 100
    assert [done for done, _estimate in seen] == sorted(done for done, _e in seen)
    assert seen[-1] == (251, 251)


def test_memory_is_flat(path):
    """OM-2: ten times the rows, not ten times the memory."""

    def peak(count):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEAD)
            for number in range(count):
                writer.writerow(
                    [f"A{number // 3}", "31/10/2026", "X" * 50, "1", "1", "Hoa", "", ""]
                )
        layout = inspect(path)
        mapping = guess_mapping(layout, {"currency": "EUR"})
        tracemalloc.start()
        total = sum(
            len(batch.orders)
            for batch in read_orders(path, layout, mapping, window=200)
        )
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == (count + 2) // 3
        return size

    small, large = peak(1000), peak(5200)
    # 1,400 order numbers more to remember; 4,200 rows would be megabytes
    assert large - small < 1400 * 400
