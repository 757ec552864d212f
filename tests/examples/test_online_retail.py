"""examples/online-retail: real documents of a wholesaler, all of them accounted for."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from .. import harness

FOLDER = harness.SOURCE / "examples" / "online-retail"
SAMPLE = FOLDER / "sample-3-days.csv.xz"
#: all nine months: too large for the repository, whoever has the file names it
DATA = os.environ.get("ONLINE_RETAIL_DATA")
#: what a run may leave behind, and a repetition must not touch
TABLES = (
    "channel_order",
    "channel_order_change",
    "channel_partner_map",
    "channel_product_map",
    "channel_return",
    "channel_return_line",
    "order_event",
    "product_product",
    "queue_job",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_quant",
)


def prepare(database, tmp_path, *args, data=SAMPLE):
    """The command, as a list of words."""
    report = tmp_path / "report.json"
    report.unlink(missing_ok=True)
    command = [FOLDER / "load.py", "--database", database.name]
    command += ["--data", data, "--report", report, *args]
    return list(map(str, command))


def start(database, tmp_path, *args, data=SAMPLE):
    """Begin the command in a process that has loaded Odoo (tests/mother.py)."""
    command = prepare(database, tmp_path, *args, data=data)
    with open(os.devnull) as nothing, (tmp_path / "output").open("w") as output:
        return database.fork("program", command, nothing, output, output)


def load(database, tmp_path, *args, data=SAMPLE):
    """Run the command to its end; its report."""
    process = start(database, tmp_path, *args, data=data)
    assert process.wait() == 0, (tmp_path / "output").read_text()
    return json.loads((tmp_path / "report.json").read_text())


def run(database, tmp_path, **options):
    """The same, as a command of its own; what has ended."""
    return subprocess.run(
        [sys.executable, *prepare(database, tmp_path, **options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:0"},
        check=False,
    )


def load_as_people_do(database, tmp_path):
    done = run(database, tmp_path)
    assert done.returncode == 0, done.stdout
    return json.loads((tmp_path / "report.json").read_text())


def fingerprint(database):
    """Rows and the last change of each table; events have no such column."""
    columns = {
        table: "max(id)" if table == "order_event" else "max(write_date)"
        for table in TABLES
    }
    columns["queue_job"] = "max(id)"
    return {
        table: database.sql(f"SELECT count(*), {column} FROM {table}")[0]
        for table, column in columns.items()
    }


def check_money(report):
    assert report["differences"] == []
    assert report["lost"] == []
    assert report["line_count"] == report["source_lines"]
    for month in report["months"].values():
        parts = [Decimal(month[name]) for name in ("orders", "returns", "held")]
        assert abs(Decimal(month["source"]) - sum(parts)) < Decimal("0.01"), month


def test_three_days(database, tmp_path):
    """Every line in one bucket, the money to the penny; again, nothing changes."""
    report = load_as_people_do(database, tmp_path)
    check_money(report)
    assert report["source_lines"] == 2615
    assert report["lines"] == {
        "error: invalid": 2,
        "held: already_returned (return of an unknown order)": 98,
        "held: already_returned (stock adjustment)": 2,
        "held: unknown_product": 1,
        "imported: order": 2501,
        "imported: return": 11,
    }
    assert {name: month["source"] for name, month in report["months"].items()} == {
        "2011-02": "13427.54",
        "2011-06": "6175.17",
        "2011-08": "10049.48",
    }
    check_records(database)
    before = fingerprint(database)
    again = load(database, tmp_path)
    assert again["sent"] == 0
    assert fingerprint(database) == before
    assert {**again, "sent": 0, "seconds": 0} == {**report, "sent": 0, "seconds": 0}


@pytest.mark.slow
def test_a_month_to_the_invoice(database, tmp_path):
    """Approved, shipped, invoiced, taken back and credited; the books balance. The
    month before is history."""
    args = ("--until", "invoiced", "--month", "2011-06", "--to", "2011-06-30")
    report = load(database, tmp_path, *args)
    check_money(report)
    books = report["books"]
    assert books["balanced"] and books["left"] == books["drafts"] == 0
    assert books["orders"] > 5
    assert books["transfers"] >= books["orders"]
    assert books["invoice_total"] == books["order_total"]
    assert books["credit_total"] == books["return_total"]
    accounts = {
        row["account"]: Decimal(row["balance"]) for row in books["trial_balance"]
    }
    assert len(accounts) > 1 and sum(accounts.values()) == 0
    [[days]] = database.sql(
        "SELECT array_agg(DISTINCT m.invoice_date) FROM account_move m"
        " JOIN sale_channel c ON c.id = m.sale_channel_id"
        " WHERE c.name = 'Online Retail' AND m.move_type = 'out_invoice'"
    )
    assert [str(day) for day in days] == ["2011-06-26"]
    before = fingerprint(database)
    again = load(database, tmp_path, *args)
    assert again["sent"] == 0
    assert fingerprint(database) == before
    assert {**again["books"], "seconds": 0} == {**books, "seconds": 0}


def check_records(database):
    """What a person finds: times, goods, charges, stock, returns."""
    [row] = database.sql(
        "SELECT o.date_order, o.amount_total, o.state, o.locked, c.name, count(p.id)"
        " FROM sale_order o JOIN res_currency c ON c.id = o.currency_id"
        " LEFT JOIN stock_picking p ON p.sale_id = o.id"
        " WHERE o.channel_number = '558077' GROUP BY 1, 2, 3, 4, 5"
    )
    # 10:59 of London's summer
    assert str(row[0]) == "2011-06-26 09:59:00"
    assert row[1:] == (Decimal("708.06"), "sale", True, "GBP", 0)
    kinds = database.sql(
        "SELECT p.default_code, t.type FROM product_product p"
        " JOIN product_template t ON t.id = p.product_tmpl_id"
        " WHERE upper(p.default_code) IN ('POST', 'M', '85123A', 'B') ORDER BY 1"
    )
    assert kinds == [("85123A", "consu"), ("M", "service"), ("POST", "service")]
    [[stock]] = database.sql(
        "SELECT sum(q.quantity) FROM stock_quant q"
        " JOIN product_product p ON p.id = q.product_id"
        " JOIN stock_location l ON l.id = q.location_id"
        " WHERE p.default_code = '85123A' AND l.usage = 'internal'"
    )
    assert stock == 126
    [[returned]] = database.sql(
        "SELECT count(*) FROM channel_return_line l"
        " JOIN channel_return r ON r.id = l.return_id"
        " JOIN sale_order_line s ON s.id = l.sale_line_id AND s.order_id = l.order_id"
        " WHERE r.external_id ~ '^C[0-9]{6}/[0-9]{6}$' AND r.state = 'requested'"
        " AND r.return_type = 'return_refund' AND s.product_id = l.product_id"
    )
    assert returned == 11


@pytest.mark.chaos
def test_killed_in_the_middle(database, tmp_path):
    """SIGKILL while orders are made: the next run ends as an undisturbed one does."""
    args = ("--to", "2011-02-10", "--batch", "5")
    process = start(database, tmp_path, *args)
    try:
        harness.wait_until(lambda: count_orders(database) >= 10, 120)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert 10 <= count_orders(database) < 42
    report = load(database, tmp_path, *args)
    check_money(report)
    assert report["source_lines"] == 785
    assert report["lines"] == {
        "held: already_returned (return of an unknown order)": 58,
        "held: already_returned (stock adjustment)": 1,
        "imported: order": 722,
        "imported: return": 4,
    }
    # an undisturbed run sends 69
    assert 0 < report["sent"] <= 59
    assert count_orders(database) == 42
    doubled = "SELECT client_order_ref FROM sale_order GROUP BY 1 HAVING count(*) > 1"
    assert database.sql(f"{doubled} AND client_order_ref ~ '^[0-9]{{6}}$'") == []


def count_orders(database):
    [[count]] = database.sql(
        "SELECT count(*) FROM sale_order WHERE client_order_ref ~ '^[0-9]{6}$'"
    )
    return count


def test_a_file_that_is_not_it(database, tmp_path):
    """A sentence that says what to do, and nothing in the database."""
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    for data, words in ((wrong, "other columns"), (tmp_path / "none.csv", "No such")):
        assert words in refuse(database, tmp_path, data)
    database.sql(
        "INSERT INTO ir_config_parameter (key, value)"
        " VALUES ('online_retail.source', 'other')"
    )
    assert "was loaded from another file" in refuse(database, tmp_path, SAMPLE)
    none = harness.Database.existing("no_such_db")
    assert "start ./run once" in refuse(none, tmp_path, SAMPLE)


def refuse(database, tmp_path, data):
    done = run(database, tmp_path, data=data)
    assert done.returncode == 1 and "Traceback" not in done.stdout, done.stdout
    return done.stdout


if DATA:

    @pytest.mark.slow
    def test_everything(database, tmp_path):
        """All nine months, 320,705 lines, in less than half an hour."""
        started = time.monotonic()
        report = load(database, tmp_path, data=Path(DATA))
        assert time.monotonic() - started < 30 * 60
        check_money(report)
        assert report["source_lines"] == 320705
        assert report["lines"]["imported: order"] > 310000
        before = fingerprint(database)
        assert load(database, tmp_path, data=DATA)["sent"] == 0
        assert fingerprint(database) == before
