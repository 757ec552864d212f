# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import copy
import json
import random
import time

import pytest
from jsonschema import Draft202012Validator
from neutral.order import parse
from neutral.problems import EXPECTED, SENTENCES
from neutral.schema import Report, compiled, load_schema
from neutral.totals import check_total
from neutral.validation import validate

#: What the mutations put in place of a value: the sorts of rubbish that arrive.
RUBBISH = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    10**20,
    -(10**15),
    1.5,
    3.0,
    -0.0,
    1e300,
    float("nan"),
    float("inf"),
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "1,5",
    "1e5",
    "+3",
    "NaN",
    "Infinity",
    "١٢",
    "x" * 1001,
    "x" * 20001,
    "\x00",
    "a\x00b",
    "a\tb",
    "\ud800",
    "‮evil",
    "<script>alert(1)</script>",
    "'; DROP TABLE sale_order; --",
    "VND",
    "vnd",
    "V1D",
    "VN",
    "VNM",
    "2026-07-19",
    "2026-07-19T08:12:44",
    "2026-07-19T08:12:44Z",
    "2026-07-19 08:12+0700",
    "1969-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "paid",
    "Paid",
    "channel",
    "seller",
    [],
    [None],
    [1, "2"],
    [{}],
    {},
    {"quantity": "1"},
    {"x": {"y": {}}},
]


def paths(value, path=()):
    """Every place in a payload, the whole included."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def mutate(payload, draw):
    """One random change somewhere."""
    payload = copy.deepcopy(payload)
    *parents, last = draw.choice([path for path in paths(payload) if path])
    target = payload
    for key in parents:
        target = target[key]
    action = draw.randrange(8)
    if action == 0:
        del target[last]
    elif action == 1 and isinstance(target, list):
        target.append(draw.choice(RUBBISH))
    elif action == 2 and isinstance(target, dict):
        target[draw.choice(["unknown", "état", "lines", "total"])] = draw.choice(
            RUBBISH
        )
    else:
        target[last] = draw.choice(RUBBISH)
    return payload


def is_json(payload):
    try:
        json.dumps(payload, allow_nan=False)
    except ValueError:
        return False
    return True


def schema_problems(payload):
    report = Report()
    compiled()(payload, report, None)
    return report.problems


def test_schema_is_valid_and_described():
    """OM-3: the published schema is fit for strangers."""
    schema = load_schema()
    Draft202012Validator.check_schema(schema)
    for name, part in schema["$defs"].items():
        assert part.get("description"), name
        assert part["x-kind"] in EXPECTED, name
    for name, part in schema["properties"].items():
        assert part.get("description") or "$ref" in part, name


def test_good_order_has_no_problem(order):
    assert validate(order) == []


def test_agrees_with_the_published_schema(order):
    """OM-3: 4,000 mutated orders: the same verdict as the jsonschema package."""
    judge = Draft202012Validator(load_schema())
    draw = random.Random(20260719)
    good = 0
    for _round in range(4000):
        payload = mutate(order, draw)
        if draw.random() < 0.2:
            payload = mutate(payload, draw)
        if not is_json(payload):
            # NaN compares with nothing: a schema cannot refuse it, we do
            continue
        mine = schema_problems(payload)
        theirs = judge.is_valid(payload)
        assert (not mine) == theirs, (payload, mine)
        good += theirs
    # neither side may win by saying one thing only
    assert 400 < good < 3600


@pytest.mark.parametrize("payload", [*RUBBISH, object(), (1,), b"x"])
def test_whole_payload_of_any_kind(payload):
    assert validate(payload), payload


def test_every_problem_is_named_by_path(order):
    """OM-3: all problems at once, each with its place and what is expected."""
    del order["placed_at"]
    order["lines"][2]["quantity"] = 1.5
    order["lines"][1]["unit_price"] = "12,50"
    order["shipping_address"]["country_code"] = "Vietnam"
    order["status"] = "Paid"
    order["shipments"][0]["shipped_at"] = "yesterday"
    problems = {problem.path: problem for problem in validate(order)}
    assert set(problems) == {
        "$.placed_at",
        "$.lines[2].quantity",
        "$.lines[1].unit_price",
        "$.shipping_address.country_code",
        "$.status",
        "$.shipments[0].shipped_at",
    }
    assert problems["$.placed_at"].code == "required"
    assert problems["$.lines[2].quantity"].code == "fraction"
    assert "decimal text" in problems["$.lines[2].quantity"].text
    assert '"12,50"' in problems["$.lines[1].unit_price"].text
    assert "unpaid, paid, cancelled" in problems["$.status"].text


def test_messages_hold_no_personal_data(order):
    order["customer"]["email"] = ["hoa@example.com"]
    order["customer"]["phone"] = 84912345678
    order["shipping_address"]["name"] = "Nguyễn Thị Hoa\x00"
    order["shipping_address"]["country_code"] = "0912345678"
    order["note"] = "0912345678\x00"
    order["currency"] = "hoa@example.com"
    order["total"] = "hoa@example.com"
    problems = validate(order)
    assert len(problems) == 7
    for problem in problems:
        for secret in ("hoa@", "912345678", "Nguyễn"):
            assert secret not in problem.text


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("currency", "XYZ", "value"),
        ("placed_at", "2026-02-30T00:00:00Z", "no_such_date"),
        ("placed_at", "2026-07-19T08:12:44", "value"),
        ("placed_at", "2026-07-19", "value"),
        ("placed_at", "2026-07-19T08:12:44+07:00\n", "value"),
        ("placed_at", "0026-07-19T08:12:44+07:00", "value"),
        ("total", "-1", "value"),
        ("total", 10.5, "fraction"),
        ("total", "10.5\n", "value"),
        ("total", float("nan"), "value"),
        ("total", True, "type"),
        ("total", "9" * 100, "too_long"),
        ("external_id", "  ", "value"),
        ("lines", [], "too_few"),
        ("lines", {}, "type"),
        ("lines", "x", "type"),
        ("prices_include_tax", "true", "type"),
        ("prices_include_tax", 1, "type"),
        ("schema_version", 2, "value"),
        ("schema_version", True, "value"),
        ("note", "x" * 20001, "too_long"),
        ("tags", ["x"] * 101, "too_many"),
    ],
)
def test_one_wrong_value(order, field, value, code):
    order[field] = value
    problems = validate(order)
    assert [problem.code for problem in problems][:1] == [code]
    # what hangs on the field (a parcel's line, say) may be reported besides
    assert problems[0].path == f"$.{field}"


def test_lines_must_be_told_apart(order):
    order["lines"][1]["external_id"] = "1"
    order["lines"][2]["external_ids"] = ["1b"]
    assert [(problem.path, problem.code) for problem in validate(order)] == [
        ("$.lines[1].external_id", "duplicate"),
        ("$.lines[2].external_ids[0]", "duplicate"),
    ]


def test_no_more_cancelled_than_ordered(order):
    order["lines"][0]["cancelled_quantity"] = "2.5"
    order["lines"][1]["cancelled_quantity"] = 1
    [problem] = validate(order)
    assert (problem.path, problem.code, problem.limit) == (
        "$.lines[0].cancelled_quantity",
        "exceeds",
        "2",
    )


def test_parcels_and_refunds_point_to_lines(order):
    order["shipments"][0]["lines"][0]["line_id"] = "9"
    order["refunds"][0]["lines"] = [{"line_id": "1a", "quantity": 1}]
    [problem] = validate(order)
    assert problem.path == "$.shipments[0].lines[0].line_id"
    assert problem.code == "unknown_line"


@pytest.mark.parametrize("again", [1, 1.0, " 1 "])
def test_one_identifier_in_other_writings(order, again):
    """JSON writes a whole number in two ways, and blanks do not count: such a line is
    found by its parcels and refunds, and no second one may be called so."""
    own = order["lines"][0]["external_id"]
    assert own == "1"
    order["refunds"][0]["lines"] = [{"line_id": again, "quantity": 1}]
    assert validate(order) == []
    assert parse(order).refunds[0].lines[0].line_id == "1"
    order["lines"][1]["external_id"] = again
    assert [problem.code for problem in validate(order)] == ["duplicate"]


def test_a_number_that_no_line_has(order):
    order["refunds"][0]["lines"] = [{"line_id": 9.0, "quantity": 1}]
    assert [(problem.path, problem.code) for problem in validate(order)] == [
        ("$.refunds[0].lines[0].line_id", "unknown_line")
    ]


def test_thousands_of_problems_end(order):
    order["lines"] = [{"quantity": "x", "unit_price": "y"}] * 9000
    problems = validate(order)
    assert len(problems) == 1001
    assert problems[-1].code == "more"
    assert len(validate(order, limit=10)) == 11


def test_deep_and_huge_unknown_fields_cost_nothing(order):
    deep = []
    for _level in range(100000):
        deep = [deep]
    order["unknown"] = deep
    order["raw"] = deep
    order["x" * 100000] = 1
    assert validate(order) == []


def test_huge_numbers_are_named_not_written(order):
    order["total"] = 10**5000
    [problem] = validate(order)
    assert "digits" in problem.got


def test_every_sentence_can_be_said():
    for code, sentence in SENTENCES.items():
        assert sentence % {"expected": "e", "got": "g", "limit": "l"}, code


def test_mutations_never_raise(order):
    """Bad input is answered, never a traceback; every answer can be read."""
    draw = random.Random(7)
    for _round in range(3000):
        payload = mutate(mutate(order, draw), draw)
        problems = validate(payload)
        for problem in problems:
            assert problem.text.startswith("$")
            json.dumps(problem.text)
        if not problems:
            check_total(parse(payload, check=False))


def test_good_order_is_fast(order):
    """Below 0.3 ms for three lines (a tenth of it on the machine it was made on)."""
    validate(order)
    best = min(_seconds(order) for _round in range(5))
    assert best / 200 < 0.0003 * 3


def _seconds(order):
    start = time.process_time()
    for _round in range(200):
        validate(order)
    return time.process_time() - start
