"""Seeded bodies of requests: JSON as no library writes it, and what is no JSON."""

import json
import random

from . import samples
from .mutations import mutate


def raw_body(number, channel_id, examples):
    """Body ``number``.

    :return: (name of what was done, bytes, content type)
    """
    draw = random.Random(f"raw {number}")
    count = draw.choice((0, 1, 1, 2, 5))
    texts = [_write(mutate(draw.randrange(10**6), examples)) for _order in range(count)]
    name = list(WAYS)[number % len(WAYS)]
    body = WAYS[name](texts, channel_id, draw)
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    kind = "application/json"
    if draw.random() < 0.1:
        kind = draw.choice(("text/plain", "application/json; charset=latin-1", ""))
    return name, body, kind


def _write(mutant):
    try:
        return json.dumps(mutant.payload)
    except RecursionError:
        return "null"


def _envelope(texts, channel_id):
    return f'{{"channel_id": {channel_id}, "payloads": [{",".join(texts)}]}}'


def _inside(texts, channel_id, draw, value):
    """An order with ``value``, JSON or not, as one of its members."""
    order = f'{{"external_id": "R{draw.randrange(10**9)}", "note": {value}, "x": [1]}}'
    return _envelope([*texts, order], channel_id)


def _plain(texts, channel_id, draw):
    return _envelope(texts, channel_id)


def _twice(texts, channel_id, draw):
    texts = [text.replace("{", '{"total": "1", ', 1) for text in texts]
    return _envelope(texts, channel_id)


def _envelope_twice(texts, channel_id, draw):
    return _envelope(texts, channel_id).replace("{", '{"channel_id": 1, ', 1)


def _escapes(texts, channel_id, draw):
    escapes = ('"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"', '"\\x41"', '"\\u12"')
    return _inside(texts, channel_id, draw, draw.choice(escapes))


def _literals(texts, channel_id, draw):
    values = ("NaN", "Infinity", "-Infinity", "nan", "None", "True", "undefined", "'a'")
    return _inside(texts, channel_id, draw, draw.choice(values))


def _numbers(texts, channel_id, draw):
    digits = "9" * draw.choice((20, 310, 5_000, 200_000))
    values = (digits, f"-{digits}", f"1e{digits[:6]}", f"0.{digits}", "01", "1.", "-")
    return _inside(texts, channel_id, draw, draw.choice(values))


def _deep(texts, channel_id, draw):
    levels = draw.choice((70, 900, 5_000, 100_000))
    way = draw.randrange(3)
    if way == 0:
        value = "[" * levels + "]" * levels
    elif way == 1:
        value = '{"a":' * levels + "1" + "}" * levels
    else:
        value = "[" * levels
    return _inside(texts, channel_id, draw, value)


def _deep_envelope(texts, channel_id, draw):
    nested = "[" * 20_000 + "]" * 20_000
    return draw.choice(
        (
            f'{{"channel_id": {nested}, "payloads": []}}',
            f'{{"channel_id": {channel_id}, "payloads": {nested}}}',
            f'{{"channel_id": 1, "payloads": [], "context": {nested}}}',
            f'{{{nested}: 1, "payloads": []}}',
            "[" * 200_000,
            '{"a":' * 100_000,
        )
    )


def _cut(texts, channel_id, draw):
    body = _envelope(texts, channel_id)
    return body[: draw.randrange(len(body))]


def _flipped(texts, channel_id, draw):
    body = bytearray(_envelope(texts, channel_id).encode())
    for _time in range(draw.choice((1, 2, 10))):
        body[draw.randrange(len(body))] = draw.randrange(256)
    return bytes(body)


def _broken_text(texts, channel_id, draw):
    raw = draw.choice((b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xf0\x9f"))
    body = _inside(texts, channel_id, draw, '"@@"').encode()
    return body.replace(b"@@", raw)


def _encodings(texts, channel_id, draw):
    names = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
    return _inside(texts, channel_id, draw, '"Süß"').encode(draw.choice(names))


def _grammar(texts, channel_id, draw):
    body = _envelope(texts, channel_id)
    return draw.choice(
        (
            body.replace("]}", ",]}"),
            body.replace("]}", "],}"),
            body + body,
            body + "\n//",
            "/* */" + body,
            body.replace('"', "'"),
            body.replace("]}", "]]}"),
            " \n\t" * 50_000 + body,
            body.replace(":", "\x0b:"),
            body.replace(",", "，"),
        )
    )


def _other_shape(texts, channel_id, draw):
    """Arguments that are none: every value and key that could stand there."""
    values = [*samples.WRONG_TYPES, "1", -1, 10**30, "x" * 5000, {"a": [1]}]
    members = {
        "channel_id": draw.choice([channel_id, channel_id, draw.choice(values)]),
        "payloads": draw.choice([[], draw.choice(values), [draw.choice(values)]]),
    }
    if draw.random() < 0.4:
        members["context"] = draw.choice([*values, {"lang": "xx"}, {"tz": 7}])
    if draw.random() < 0.3:
        members[draw.choice([*samples.KEYS, "ids", "self"])] = draw.choice(values)
    if draw.random() < 0.2:
        members.pop(draw.choice(list(members)))
    return json.dumps(draw.choice([members, members, members, [members], "x", None]))


def _context(texts, channel_id, draw):
    """A context that means something to Odoo must not do anything here."""
    context = draw.choice(
        (
            {"lang": "../../x"},
            {"tz": "Mars/Olympus"},
            {"allowed_company_ids": ["x"]},
            {"allowed_company_ids": [10**9]},
            {"active_test": []},
            {"order_management_payload": True},
            {"uid": 1, "su": True},
            {"lang": ["vi_VN"]},
            {"": None, "default_state": "imported"},
        )
    )
    body = _envelope(texts, channel_id)
    return body[:-1] + f', "context": {json.dumps(context)}}}'


def _nothing(texts, channel_id, draw):
    return draw.choice(("", " ", "null", "[]", "{}", '""', "0", "\x00", "\ufeff"))


WAYS = {
    "plain": _plain,
    "twice": _twice,
    "envelope twice": _envelope_twice,
    "escapes": _escapes,
    "literals": _literals,
    "numbers": _numbers,
    "deep": _deep,
    "deep envelope": _deep_envelope,
    "cut": _cut,
    "flipped": _flipped,
    "broken text": _broken_text,
    "encodings": _encodings,
    "grammar": _grammar,
    "other shape": _other_shape,
    "context": _context,
    "nothing": _nothing,
}
