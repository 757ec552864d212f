"""RFM of a real wholesaler's customers, row by row beside a computation of its own."""

import collections
import csv
import datetime
import lzma
import math
import os
from decimal import Decimal
from pathlib import Path

from .. import harness

DATA = Path(
    os.environ.get("ONLINE_RETAIL_DATA")
    or harness.SOURCE.parent / "shared/data/online-retail/orders-2010-12_2011-08.csv.xz"
)
TODAY = datetime.date(2011, 9, 1)
WINDOW = 180
#: seeds orders and credit notes as rows, computes, prints what came out
CODE = """
import csv, datetime, json, lzma
from unittest.mock import patch
from odoo.tools import SQL

company = env["res.company"].create({"name": "Wholesale"})
company.rfm_window_days = %(window)s
env.user.company_ids |= company
env = env(context={"allowed_company_ids": company.ids})
partner = env["res.partner"].create({"name": "W"})
order = env["sale.order"].create({"partner_id": partner.id, "company_id": company.id})
journal = env["account.journal"].create(
    {"name": "Sales", "code": "W", "type": "sale", "company_id": company.id})
move = env["account.move"].create(
    {"move_type": "out_refund", "partner_id": partner.id, "journal_id": journal.id,
     "company_id": company.id})
env.flush_all()

def copy(table, row, columns):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %%s"
        " AND table_schema = current_schema AND is_generated = 'NEVER'", [table])
    rest = [name for name, in env.cr.fetchall() if name not in {"id", *columns}]
    names = ", ".join(columns)
    values = ", ".join(f"%%s::{kind}[]" for kind, _list in columns.values())
    env.cr.execute(
        f"INSERT INTO {table} ({names}, {', '.join(rest)})"
        f" SELECT v.*, {', '.join('t.' + name for name in rest)}"
        f" FROM {table} t, unnest({values}) v({names}) WHERE t.id = {row} RETURNING id",
        [found for _kind, found in columns.values()])
    return [one for one, in env.cr.fetchall()]

sales, credits = {}, {}
with lzma.open(%(path)r, "rt", encoding="utf-8", newline="") as stream:
    for row in csv.DictReader(stream):
        if row["CustomerID"]:
            into = credits if row["InvoiceNo"].startswith("C") else sales
            key = row["CustomerID"], row["InvoiceNo"]
            found = into.setdefault(key, [row["InvoiceDate"], 0])
            found[1] += int(row["Quantity"]) * round(float(row["UnitPrice"]) * 1000)
names = sorted({name for name, _number in [*sales, *credits]})
ids = dict(zip(names, copy("res_partner", partner.id, {"name": ("text", names)})))
env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%%s)",
    [list(ids.values())])
copy("sale_order", order.id, {
    "partner_id": ("integer", [ids[name] for name, _number in sales]),
    "date_order": ("timestamp", [date for date, _amount in sales.values()]),
    "amount_untaxed": ("numeric", [amount / 1000 for _date, amount in sales.values()]),
    "state": ("text", ["sale"] * len(sales))})
copy("account_move", move.id, {
    "partner_id": ("integer", [ids[name] for name, _number in credits]),
    "invoice_date": ("date", [date[:10] for date, _amount in credits.values()]),
    "amount_untaxed_signed": (
        "numeric", [amount / 1000 for _date, amount in credits.values()]),
    "name": ("text", [number for _name, number in credits]),
    "state": ("text", ["posted"] * len(credits))})
env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %%s", [order.id])
env.cr.execute("ANALYZE")
env.invalidate_all()
snapshots = env["customer.snapshot"]
moment = snapshots._get_moment(company)._replace(
    today=datetime.date.fromisoformat(%(today)r), zone="UTC")
with patch.object(type(snapshots), "_get_moment", lambda self, company: moment):
    snapshots._refresh(companies=company)
env.cr.execute("SELECT p.name, s.order_count, round(s.revenue_total::numeric, 2)::text,"
    " s.days_since_last, s.rfm_score FROM customer_snapshot s"
    " JOIN res_partner p ON p.id = s.partner_id WHERE s.company_id = %%s", [company.id])
print(json.dumps(env.cr.fetchall()))
"""


def read_facts():
    """``{customer: [(day, amount, is a purchase)]}`` of sales and credit notes."""
    amounts = collections.Counter()
    dates = {}
    with lzma.open(DATA, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["CustomerID"]:
                key = row["CustomerID"], row["InvoiceNo"]
                # thousandths: prices have up to three decimals
                price = round(Decimal(row["UnitPrice"]) * 1000)
                amounts[key] += int(row["Quantity"]) * price
                dates.setdefault(key, row["InvoiceDate"])
    facts = collections.defaultdict(list)
    for (customer, number), amount in amounts.items():
        day = datetime.date.fromisoformat(dates[customer, number][:10])
        facts[customer].append((day, Decimal(amount) / 1000, number[0] != "C"))
    return facts


def compute(facts):
    """``{customer: [purchases, net, days of silence, score]}``, by sorting alone."""
    start = TODAY - datetime.timedelta(days=WINDOW)
    figures, expected = {}, {}
    for customer, rows in facts.items():
        bought = [day for day, _amount, sold in rows if sold]
        inside = [row for row in rows if row[0] > start]
        silence = (TODAY - max(bought)).days if bought else 0
        net = round(sum(row[1] for row in rows), 2)
        expected[customer] = [len(bought), net, silence]
        count = sum(sold for _day, _amount, sold in inside)
        if count:
            money = round(sum(row[1] for row in inside), 2)
            figures[customer] = (silence, count, money)
    cuts = []
    for place in range(3):
        values = sorted(figure[place] for figure in figures.values())
        fifths = [math.ceil(len(values) * part / 5) for part in (1, 2, 3, 4)]
        cuts.append([values[number - 1] for number in fifths])
    for customer, row in expected.items():
        row.append(get_score(figures.get(customer), cuts) if row[0] else None)
    return expected


def get_score(figure, cuts):
    if not figure:
        return "111"
    above = [
        sum(value > cut for cut in some)
        for value, some in zip(figure, cuts, strict=True)
    ]
    return f"{5 - above[0]}{1 + above[1]}{1 + above[2]}"


def check_rfm_row_by_row(database):
    values = {"path": str(DATA), "today": TODAY.isoformat(), "window": WINDOW}
    rows = harness.run_odoo_shell(database, CODE % values)
    expected = compute(read_facts())
    found = {name: rest for name, *rest in rows if name in expected}
    assert found.keys() == expected.keys()
    wrong = {}
    for customer, (count, net, silence, score) in expected.items():
        got_count, got_net, got_silence, got_score = found[customer]
        same = (got_count, got_silence, got_score) == (count, silence, score)
        if not same or abs(Decimal(got_net) - net) > Decimal("0.01"):
            wrong[customer] = found[customer], expected[customer]
    assert not wrong, (len(wrong), dict(list(wrong.items())[:5]))
    assert len({row[3] for row in expected.values()}) > 50


# the nine months lie beside the checkout, where there are any
if DATA.is_file():

    def test_rfm_row_by_row(database):
        check_rfm_row_by_row(database)
