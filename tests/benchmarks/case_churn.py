"""Who buys again: six months of a real wholesaler known, three months to be told.

Judged by AUC (does who buys stand before who does not) and by calibration (the mean
distance between what was told and what happened, over tenths of the customers), beside
two others: what recency alone would have told, and PyPI's `lifetimes`, run by the
interpreter that LIFETIMES_PYTHON names; it needs versions of its own.
"""

import collections
import csv
import datetime
import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

from .. import harness

sys.path.append(str(harness.SOURCE / "addons" / "crm_plus"))

from churn import History, fit  # noqa: E402

DATA = Path(
    os.environ.get("ONLINE_RETAIL_DATA")
    or harness.SOURCE.parent / "shared/data/online-retail/orders-2010-12_2011-08.csv.xz"
)
CUT = datetime.date(2011, 6, 1)
#: as `customer.churn.model` fits
PRIOR = 20.0
CDNOW = harness.SOURCE / "addons/crm_plus/tests/unit/data/cdnow.csv.xz"
#: Fader, Hardie, Lee (2005), table 2
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
LIFETIMES = """
import json, sys, warnings
warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter
histories, ahead = json.load(sys.stdin)
columns = list(zip(*histories))
found = {}
for penalizer in (0.0, 0.001, 0.01, 0.1):
    model = BetaGeoFitter(penalizer_coef=penalizer)
    try:
        model.fit(*columns)
    except Exception as error:
        found[penalizer] = type(error).__name__
        continue
    found[penalizer] = [
        list(map(float, model.conditional_expected_number_of_purchases_up_to_time(
            ahead, *map(__import__("numpy").array, columns)))),
        dict(model.params_),
    ]
print(json.dumps(found))
"""


def churn(run):
    """Who buys again, told from six months of real orders, against three months."""
    _judge_published(run)
    days, last = _read_days()
    ahead = (last - CUT).days + 1
    histories, bought = _split(days, CUT, last)
    model = fit(histories.values(), PRIOR)
    told = {one: model.score(history, ahead) for one, history in histories.items()}
    print(f"      {len(told)} customers, {sum(bought.values())} bought; {model}")
    ours = _get_auc(told, bought), _get_distance(told, bought)
    recency = _tell_by_recency(days, histories, ahead)
    others = {"recency": recency, **_tell_by_lifetimes(histories, ahead)}
    for name, other in others.items():
        area, distance = _get_auc(other, bought), _get_distance(other, bought)
        print(f"      {name}: AUC {area:.4f}, calibration {distance:.4f}")
        words = f"{ours[0]:.4f}"
        run.judge(
            f"AUC less that of {name}", ours[0] - area, -0.0005, True, None, words
        )
        words = f"{ours[1]:.4f}"
        run.judge(
            f"calibration less that of {name}", ours[1] - distance, 0.0005, ours=words
        )
    print(f"      ours: AUC {ours[0]:.4f}, calibration {ours[1]:.4f}")


def _judge_published(run):
    with lzma.open(CDNOW, "rt", encoding="ascii", newline="") as stream:
        rows = list(csv.DictReader(stream))
    model = fit(
        History(int(row["repeats"]), float(row["recency"]), float(row["age"]))
        for row in rows
    )
    worst = max(abs(getattr(model, k) / value - 1) for k, value in PUBLISHED.items())
    run.judge("CDNOW: farthest parameter from those published, in %", worst * 100, 1)


def _read_days():
    """``{customer: {days with a purchase}}`` and the last day of all."""
    days = collections.defaultdict(set)
    with lzma.open(DATA, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sold = int(row["Quantity"]) > 0 and float(row["UnitPrice"]) > 0
            if row["CustomerID"] and sold and not row["InvoiceNo"].startswith("C"):
                day = datetime.date.fromisoformat(row["InvoiceDate"][:10])
                days[row["CustomerID"]].add(day)
    return days, max(max(some) for some in days.values())


def _split(days, cut, end):
    """What is known before the cut, and who bought from then to the end."""
    histories, bought = {}, {}
    for customer, some in days.items():
        before = sorted(day for day in some if day < cut)
        if before:
            first, last = before[0], before[-1]
            histories[customer] = History(
                len(before) - 1, (last - first).days, (cut - first).days
            )
            bought[customer] = any(cut <= day <= end for day in some)
    return histories, bought


def _tell_by_recency(days, histories, ahead):
    """The share that bought again after as long a silence, three months earlier."""
    earlier = CUT - datetime.timedelta(days=ahead)
    known, bought = _split(days, earlier, CUT - datetime.timedelta(days=1))
    order = sorted(known, key=lambda one: known[one].age - known[one].recency)
    shares, size = [], max(1, len(order) // 10)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        silence = known[part[-1]].age - known[part[-1]].recency
        shares.append((silence, sum(map(bought.get, part)) / len(part)))
    told = {}
    for customer, history in histories.items():
        silence = history.age - history.recency
        share = next((s for limit, s in shares if silence <= limit), shares[-1][1])
        # within a tenth the shorter silence stands before the longer one
        told[customer] = share - silence * 1e-7
    return told


def _tell_by_lifetimes(histories, ahead):
    """What `lifetimes` tells, with the penalizers that let it find something."""
    python = os.environ.get("LIFETIMES_PYTHON")
    if not python:
        print("      LIFETIMES_PYTHON names no interpreter: not compared with it")
        return {}
    done = subprocess.run(
        [python, "-c", LIFETIMES],
        input=json.dumps([_in_weeks(histories), ahead / 7]),
        capture_output=True,
        text=True,
        check=True,
    )
    told = {}
    for penalizer, found in json.loads(done.stdout.splitlines()[-1]).items():
        if isinstance(found, str):
            print(f"      lifetimes, penalizer {penalizer}: {found}")
            continue
        expected, parameters = found
        print(f"      lifetimes, penalizer {penalizer}: {parameters}")
        if any(value != value for value in expected):
            print("        it tells nothing of some customers: not compared")
            continue
        # the chance of at least one, were purchases independent
        values = (_at_least_one(value) for value in expected)
        told[f"lifetimes ({penalizer})"] = dict(zip(histories, values, strict=True))
    return told


def _in_weeks(histories):
    """Its optimiser finds nothing in days."""
    return [(x, recency / 7, age / 7) for x, recency, age in histories.values()]


def _at_least_one(expected):
    return 1 - 2.718281828459045 ** -max(expected, 0.0)


def _get_auc(told, bought):
    """How often a buyer stands before one who does not buy; ties are half."""
    ranks, order = {}, sorted(told, key=told.get)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and told[order[end]] == told[order[start]]:
            end += 1
        ranks.update((one, (start + end + 1) / 2) for one in order[start:end])
        start = end
    buyers = [one for one in told if bought[one]]
    others = len(told) - len(buyers)
    below = sum(map(ranks.get, buyers)) - len(buyers) * (len(buyers) + 1) / 2
    return below / (len(buyers) * others)


def _get_distance(told, bought):
    """Mean distance of told and happened shares, over tenths of the customers."""
    order, distance = sorted(told, key=told.get), 0.0
    for tenth in range(10):
        part = order[tenth * len(order) // 10 : (tenth + 1) * len(order) // 10]
        distance += abs(sum(map(told.get, part)) - sum(map(bought.get, part)))
    return distance / len(order)
