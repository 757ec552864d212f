"""Seeded mutations of good orders: what may arrive instead of a good order.

    mutant = mutate(number, examples)

is the same for the same number, whoever asks. Each takes one of the published examples
and changes it in one to four ways, each way of a named kind (`KINDS`).
"""

import copy
import json
import random
from dataclasses import dataclass
from pathlib import Path

from . import samples

TEXTS = {
    "markup": samples.MARKUP,
    "template": samples.TEMPLATES,
    "sql": samples.SQL,
    "unseen": samples.UNSEEN,
    "control": samples.CONTROL,
}
_MONEY = ("unit_price", "discount", "tax", "fee", "amount", "total", "tax_rate")
_FIGURES = (*_MONEY, "quantity", "cancelled_quantity")
_MOMENTS = ("placed_at", "updated_at", "ship_by", "paid_at", "shipped_at", "at")
_WORDS = ("status", "state", "currency", "country_code", "language", "borne_by")


@dataclass
class Mutant:
    """A payload, what was done to it, and the identifier it still has (or None)."""

    number: int
    kinds: list
    payload: object
    external_id: str | None


def load_examples(source):
    folder = Path(source) / "addons/order_management/static/schema/examples"
    paths = sorted(folder.glob("*.json"))
    assert len(paths) >= 9, folder
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def mutate(number, examples):
    """Mutation ``number``: a `Mutant` whose identifier nobody else has."""
    draw = random.Random(number)
    payload = copy.deepcopy(draw.choice(examples))
    own = payload["external_id"] = f"M{number}-{payload['external_id']}"[:60]
    if draw.random() < 0.5:  # a buyer of its own, who is made and not found
        payload["customer"] = {
            "external_id": f"B{number}",
            "name": f"Buyer {number}",
            "vat": f"V{number}",
        }
    names = list(KINDS)
    kinds = [names[number % len(names)]]
    # most in one way only: each further one hides what the first would have done
    kinds += draw.choices(names, k=draw.choice((0, 0, 0, 0, 0, 1, 2, 3)))
    # nothing walks through a thousand levels afterwards
    for kind in sorted(kinds, key="deep".__eq__):
        if isinstance(payload, dict) and payload:
            result = KINDS[kind](payload, draw)
            payload = payload if result is None else result
    kept = isinstance(payload, dict) and payload.get("external_id") == own
    return Mutant(number, kinds, payload, own if kept else None)


# --- places in a payload ---
def _places(value, inside=None):
    """(container, key) of every value, the outermost first."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, (dict, list)):
            yield from _places(item)


def _pick(payload, draw, wanted=None):
    """A random place, of those that are ``wanted`` if there are any."""
    places = list(_places(payload))
    if wanted:
        places = [place for place in places if wanted(*place)] or places
    return draw.choice(places)


def _put(payload, draw, values, wanted=None):
    container, key = _pick(payload, draw, wanted)
    container[key] = draw.choice(values)


def _named(*names):
    return lambda _container, key: key in names


def _is_text(container, key):
    return isinstance(container[key], str) and key not in (
        *_FIGURES,
        *_MOMENTS,
        *_WORDS,
        "external_id",
    )


def _lines(payload):
    lines = payload.get("lines")
    lines = lines if isinstance(lines, list) else []
    return [line for line in lines if isinstance(line, dict)]


# --- kinds ---
def _wrong_type(payload, draw):
    _put(payload, draw, samples.WRONG_TYPES)


def _missing(payload, draw):
    container, key = _pick(payload, draw)
    del container[key]


def _missing_required(payload, draw):
    _missing_named = draw.choice(("external_id", "placed_at", "currency", "lines"))
    payload.pop(_missing_named, None)


def _unknown(payload, draw):
    container, _key = _pick(payload, draw, lambda c, _k: isinstance(c, dict))
    if isinstance(container, dict):
        value = draw.choice([*samples.WRONG_TYPES, *samples.MARKUP])
        container[draw.choice(samples.KEYS)] = copy.deepcopy(value)


def _huge(payload, draw):
    container, key = _pick(payload, draw)
    size = draw.choice((1_001, 5_000, 20_001, 120_000))
    line = {"sku": "X", "quantity": 1, "unit_price": "1"}
    container[key] = draw.choice(
        (
            "9" * size,
            "x" * size,
            [1] * min(size, 12_000),
            [dict(line) for _number in range(300)],
            {f"key{number}": number for number in range(500)},
            10 ** min(size, 4_000),
        )
    )


def _long_text(payload, draw):
    """Free text as long as the schema allows, in which nothing repeats."""
    names = ("name", "company", "vat", "email", "phone", "zip", "tags", "method")
    wanted = _named(*names) if draw.random() < 0.7 else _is_text
    container, key = _pick(payload, draw, wanted)
    container[key] = samples.noise(draw, 20_000 if key == "note" else 1_000)


def _many_lines(payload, draw):
    lines = _lines(payload)
    if lines:
        payload["lines"] = [
            {**lines[number % len(lines)], "external_id": f"L{number}"}
            for number in range(draw.choice((50, 200)))
        ]
        for line in payload["lines"]:
            line.pop("external_ids", None)


def _deep(payload, draw):
    container, key = _pick(payload, draw)
    value = draw.choice((1, "x", None))
    for _level in range(draw.choice((10, 62, 65, 500, 900))):
        value = [value] if draw.random() < 0.5 else {"a": value}
    container[key] = value


def _inside(character):
    def change(payload, draw):
        if draw.random() < 0.2:
            container, _key = _pick(payload, draw, lambda c, _k: isinstance(c, dict))
            if isinstance(container, dict):
                container[f"k{character}"] = 1
                return
        container, key = _pick(payload, draw, lambda c, k: isinstance(c[k], str))
        text = str(container[key])[:100]
        at = draw.randint(0, len(text))
        container[key] = text[:at] + character + text[at:]

    return change


def _not_json(payload, draw):
    _put(payload, draw, samples.NOT_JSON)


def _figures(payload, draw):
    _put(payload, draw, samples.FIGURES, _named(*_FIGURES))


def _extremes(payload, draw):
    for _time in range(draw.choice((1, 1, 2, 4))):
        _put(payload, draw, samples.EXTREMES, _named(*_FIGURES))


def _negative(payload, draw):
    container, key = _pick(payload, draw, _named(*_FIGURES))
    container[key] = f"-{container[key]}"


def _dates(payload, draw):
    _put(payload, draw, samples.DATES, _named(*_MOMENTS))


def _wrong_total(payload, draw):
    payload["total"] = draw.choice(("0", "0.01", "1", 10**14, "99999.99", "12.345678"))


def _duplicate_lines(payload, draw):
    lines = _lines(payload)
    if not lines:
        return
    again = copy.deepcopy(draw.choice(lines))
    if draw.random() < 0.5:
        again["external_ids"] = [again.get("external_id", "1")] * 2
    payload["lines"] = [*lines, again]


def _dangling(payload, draw):
    """Parcels and refunds of lines that are not there; more cancelled than ordered."""
    payload["refunds"] = [{"amount": "1", "lines": [{"line_id": "?", "quantity": 1}]}]
    payload["shipments"] = [{"tracking": "T", "lines": [{"line_id": 7, "quantity": 1}]}]
    for line in _lines(payload)[:1]:
        line["cancelled_quantity"] = 10**6


def _text(kind):
    def change(payload, draw):
        for _time in range(draw.choice((1, 3, 8))):
            _put(payload, draw, TEXTS[kind], _is_text)

    return change


def _ids(payload, draw):
    names = ("external_id", "external_ids", "number", "line_id", "transaction_id")
    if draw.random() < 0.3:
        payload["external_id"] = draw.choice(samples.IDS)
    else:
        _put(payload, draw, samples.IDS, _named(*names))


def _words(payload, draw):
    _put(payload, draw, [*samples.WORDS, *samples.MARKUP], _named(*_WORDS))


def _swap(payload, draw):
    one, other = _pick(payload, draw), _pick(payload, draw)
    first, second = one[0][one[1]], other[0][other[1]]
    one[0][one[1]] = copy.deepcopy(second)
    other[0][other[1]] = copy.deepcopy(first)


def _not_an_order(payload, draw):
    if draw.random() < 0.3:
        return draw.choice([None, True, 0, 1.5, "", "order", [], {}, [payload], [[]]])
    return None


def _good(payload, draw):
    """Nothing wrong: good orders stand between the others."""


KINDS = {
    "wrong type": _wrong_type,
    "missing": _missing,
    "missing required": _missing_required,
    "unknown": _unknown,
    "huge": _huge,
    "long text": _long_text,
    "many lines": _many_lines,
    "deep": _deep,
    "NUL": _inside("\x00"),
    "surrogate": _inside("\ud800"),
    "not JSON": _not_json,
    "figures": _figures,
    "extremes": _extremes,
    "negative": _negative,
    "dates": _dates,
    "wrong total": _wrong_total,
    "duplicate lines": _duplicate_lines,
    "dangling": _dangling,
    "markup": _text("markup"),
    "template": _text("template"),
    "sql": _text("sql"),
    "unseen": _text("unseen"),
    "control": _text("control"),
    "ids": _ids,
    "words": _words,
    "swap": _swap,
    "not an order": _not_an_order,
    "good": _good,
    "as good": _good,
}
