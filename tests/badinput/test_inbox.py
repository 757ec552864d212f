"""OM-1: spoilt orders in a real database: each is one row with an answer, for good."""

import re
from collections import Counter

import pytest

from .. import harness
from ..worker import Process
from .test_validation import MUTANTS

BATCH = 100
#: two batches for each channel; all of them with ./test --all
SOME = 400
WORKER = "tests.badinput.inbox_worker"
#: Reasons that are Odoo's or nobody's, not the message's: there are to be none.
UNEXPLAINED = {"unexpected", "refused", ""}
#: What waits for somebody here: nothing in the message is wrong by itself.
HOLDS = {"unknown_product", "unknown_tax", "total_differs"}
_PATH = re.compile(r'^\$(\.\w+|\[\d+\]|\["[^\n]*"\])*…?: ', re.MULTILINE)
_LOG = re.compile(r"^.* \d+ (WARNING|ERROR|CRITICAL) .*$|^Traceback.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def inbox():
    """(process, {channel id: {row id: what it says}})"""
    with harness.Database() as database:
        process = Process(WORKER, database)
        try:
            yield process, {channel: {} for channel in process.call("prepare")}
        finally:
            process.close()


def _check_rows(result):
    """Every payload has its answer, every row its state and a reason."""
    answers, mutants = result["answers"], result["mutants"]
    assert len(answers) == len(mutants)
    for (_number, kinds, external_id), answer in zip(mutants, answers, strict=True):
        # others may share an identifier with one of an earlier batch
        if external_id:
            assert answer["external_id"] == external_id
            assert answer["state"] in ("received", "error"), (kinds, answer)
    ids = [answer["id"] for answer in answers]
    kept = [a["id"] for m, a in zip(mutants, answers, strict=True) if m[2]]
    assert len(set(kept)) == len(kept), "two orders share a row"
    assert {int(key) for key in result["first"]} == set(ids)
    for name in ("first", "second", "third"):
        for row_id, row in result[name].items():
            number = mutants[ids.index(int(row_id))]
            if row["state"] not in ("imported", "updated"):
                assert row["state"] in ("held", "error"), (number, row)
                assert row["code"] not in UNEXPLAINED, (number, row)
                assert row["error"], (number, row)
            if row["error"] and row["code"] not in HOLDS:
                assert _PATH.search(row["error"]), (number, row)


def _check_counts(result, rows):
    """``rows`` of the channel so far: as many as the database has, and as many orders
    as rows that have one."""
    imported = [row["order"] for row in rows.values() if row["order"]]
    assert result["between"] == [len(rows), len(imported)]
    assert len(imported) == len(set(imported)), "two rows share an order"
    assert result["after"] == result["between"], "doubled"


def _check_again(result):
    """Trying again and sending again changes nothing."""
    for row_id, row in result["first"].items():
        told = ("state", "code", "error", "order")
        again = result["second"][row_id]
        assert [row[key] for key in told] == [again[key] for key in told]
    first = [answer["id"] for answer in result["answers"]]
    assert [answer["id"] for answer in result["again"]] == first


def _feed(inbox, numbers):
    process, known = inbox
    channel_ids = list(known)
    states, codes = Counter(), Counter()
    for start in range(0, len(numbers), BATCH):
        part = list(numbers[start : start + BATCH])
        channel_id = channel_ids[start // BATCH % len(channel_ids)]
        result = process.call("feed", channel_id, part)
        _check_rows(result)
        known[channel_id].update(result["first"])
        _check_counts(result, known[channel_id])
        known[channel_id].update(result["third"])
        _check_again(result)
        states.update(row["state"] for row in result["first"].values())
        codes.update(row["code"] for row in result["first"].values())
    print(f"{len(numbers)} payloads: {dict(states)} {dict(codes)}")
    assert [found[0] for found in _LOG.finditer(process.log())] == []
    assert states["imported"] > len(numbers) / 10
    assert states["error"] > len(numbers) / 10


def test_some_mutants(inbox):
    _feed(inbox, range(SOME))


@pytest.mark.slow
def test_all_mutants(inbox):
    _feed(inbox, range(SOME, MUTANTS))
