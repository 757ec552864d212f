"""OM-1: whatever bytes arrive over HTTP, the answer is a status that fits."""

import json
import re
from collections import Counter

import pytest

from .. import harness
from ..inbox_api import inbox_api
from .mutations import load_examples
from .raw_bodies import WAYS, raw_body

#: ten of each way; all of them with ./test --all
SOME, MANY = 160, 2_000
_TROUBLE = re.compile(r"^.* \d+ (ERROR|CRITICAL) .*$|^Traceback.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def api():
    with inbox_api() as api:
        yield api


def _read(body):
    """The arguments if Python's own parser takes the body, else None."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _check_stored(api, name, body, answers):
    ids = [answer["id"] for answer in answers]
    [[stored]] = api.database.sql(
        "SELECT count(*) FROM channel_order WHERE id = ANY(%s)", [ids]
    )
    assert stored == len(set(ids)), name
    for answer in answers:
        assert (answer["state"] == "error") == bool(answer["error"]), (name, answer)
    arguments = _read(body)
    if arguments:
        assert len(answers) == len(arguments["payloads"]), name


def _send(api, numbers):
    examples = load_examples(harness.SOURCE)
    statuses = Counter()
    for number in numbers:
        name, body, kind = raw_body(number, api.values["ours"], examples)
        before = api.count()
        response = api.post("receive", body, kind=kind)
        statuses[name, response.status_code] += 1
        told = (number, name, body[:200], response.text[-1000:])
        assert response.status_code in (200, 400, 404, 415, 422), told
        if response.status_code == 200:
            _check_stored(api, name, body, response.json())
        else:
            assert api.count() == before, told
            if response.status_code != 415:  # which is Odoo's own, before any of ours
                assert response.json()["message"], told
    print(dict(sorted(statuses.items())))
    assert [found[0] for found in _TROUBLE.finditer(api.server.log())] == []
    assert {name for name, _status in statuses} == set(WAYS)
    for name in ("plain", "twice", "numbers", "deep", "encodings", "context"):
        assert statuses[name, 200], name


def test_some_bodies(api):
    _send(api, range(SOME))


@pytest.mark.slow
def test_many_bodies(api):
    _send(api, range(SOME, MANY))
