"""OM-3: ten thousand spoilt orders, each understood or refused by path, in seconds."""

import json
import sys
from collections import Counter

import pytest
from jsonschema import Draft202012Validator

from .. import harness
from .mutations import KINDS, load_examples, mutate

sys.path.insert(0, str(harness.SOURCE / "addons" / "order_management"))

from neutral import check_total, parse, validate  # noqa: E402  found by the line above
from neutral.identity import usable_external_id  # noqa: E402
from neutral.schema import load_schema  # noqa: E402

MUTANTS = 10_000


@pytest.fixture(scope="module")
def mutants():
    examples = load_examples(harness.SOURCE)
    return [mutate(number, examples) for number in range(MUTANTS)]


def _is_json(payload):
    try:
        json.dumps(payload, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def test_every_mutant_is_good_or_named(mutants):
    """No mutation raises; what is not refused can be read and added up."""
    good, kinds = Counter(), Counter()
    for mutant in mutants:
        problems = validate(mutant.payload)
        kinds.update(set(mutant.kinds))
        if problems:
            assert all(problem.path.startswith("$") for problem in problems)
            assert all(problem.text for problem in problems)
            continue
        good.update(set(mutant.kinds))
        order = parse(mutant.payload, check=False)
        check_total(order)
        assert order.lines, mutant
    print(f"good of all: { ({kind: (good[kind], kinds[kind]) for kind in KINDS}) }")
    assert set(kinds) == set(KINDS)
    # enough of both, or the mutations prove nothing
    assert MUTANTS / 10 < sum(not validate(m.payload) for m in mutants) < MUTANTS * 0.9
    assert good["good"] and not good["missing required"]
    for kind in ("markup", "template", "sql", "unseen", "unknown", "long text"):
        assert good[kind] > kinds[kind] / 4, kind


def test_what_is_good_has_an_identity(mutants):
    """Whatever the schema lets pass can be told from other orders."""
    for mutant in mutants:
        if not validate(mutant.payload):
            assert usable_external_id(mutant.payload), mutant


def test_agrees_with_the_published_schema(mutants):
    """Nothing that the published schema refuses is taken by us."""
    schema = Draft202012Validator(load_schema())
    for mutant in mutants[: MUTANTS // 10]:
        if _is_json(mutant.payload) and not schema.is_valid(mutant.payload):
            assert validate(mutant.payload), mutant


def test_mutants_are_the_same_again():
    examples = load_examples(harness.SOURCE)
    for number in range(50):
        again = [repr(mutate(number, examples)) for _time in range(2)]
        assert again[0] == again[1]
