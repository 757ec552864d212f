# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Messages as they arrive, and what JSON storage would change or refuse in them.

PostgreSQL refuses NUL and halves of surrogate pairs, Python cannot read back hundreds
of levels, of two equal keys only one survives. Such messages keep their exact bytes.
No Odoo here.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from ..neutral.identity import moment_of, usable_external_id
from ..neutral.payload import canonical_hash
from .obstacles import Huge, Twice, find_obstacle, is_huge, locate_obstacle
from .obstacles import plain_obstacle as _plain_obstacle

#: Characters of one message that are stored as JSON.
MAX_SIZE = 4 * 1024 * 1024
#: A string without end reaches to the end, so that every body is read in linear time.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_MAX_NUMBER_TEXT = 300


@dataclass(slots=True)
class Message:
    """One payload, ready to be stored.

    ``payload`` is None where only ``raw``, the exact bytes, can be kept. ``problem``
    is empty or the code of why nobody can process the message, ``where`` the JSON path
    of what makes it so.
    """

    external_id: str | None
    payload: object
    raw: bytes | None
    payload_hash: str
    problem: str
    number: str | None = None
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    where: str = "$"

    @property
    def key(self):
        """What one row of the inbox is unique by."""
        if self.external_id:
            return ("id", self.external_id)
        return ("hash", self.payload_hash)

    @property
    def version(self):
        """For ``neutral.compare``."""
        return (self.payload_hash, self.updated_at)


def read_message(payload, raw=None, problem=""):
    """A message from what a JSON parser gave.

    :param raw: the bytes it was parsed from, if they are at hand
    :param problem: what the parser found already
    """
    problem = problem or find_obstacle(payload)
    text = None
    if not problem:
        text = json.dumps(payload, ensure_ascii=False)
        if len(text) > MAX_SIZE:
            problem = "too_large"
    if problem:
        raw = to_bytes(payload) if raw is None else raw
        message = Message(None, None, raw, hashlib.sha256(raw).hexdigest(), problem)
        message.where = locate_obstacle(payload, problem)
        return _describe(message, payload)
    message = Message(None, payload, None, canonical_hash(payload), "")
    if not isinstance(payload, dict):
        message.problem = "not_object"
        return message
    message = _describe(message, payload)
    if not message.external_id:
        message.problem = "no_identifier"
    return message


def read_messages(data: bytes):
    """Messages of a body: one JSON object, or an array of them.

    :raises ValueError: when the body is not JSON
    """
    text = _decode(data).strip()
    parts = _split(text) if text.startswith("[") else [text]
    return [_read_document(part) for part in parts]


def read_members(data: bytes):
    """The members of a JSON object, each value as its own exact text.

    :return: ``{key: JSON text}``
    :raises ValueError: when the body is no JSON object or names a key twice
    """
    text = _decode(data).strip()
    if not text.startswith("{"):
        raise ValueError("not a JSON object")
    members = {}
    for part in map(str.lstrip, _split(text)):
        if not part.startswith('"'):
            raise ValueError("not JSON: a member without a name")
        key, end = json.JSONDecoder().raw_decode(part)
        rest = part[end:].lstrip()
        if rest[:1] != ":" or key in members:
            raise ValueError("not JSON: a member without its own name")
        members[key] = rest[1:].strip()
    return members


def _decode(data):
    try:
        return data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error


def to_bytes(payload):
    """JSON bytes of what cannot be stored, however deep it is nested."""
    parts = []
    stack = [payload]
    while stack:
        value = stack.pop()
        if isinstance(value, _Text):
            parts.append(value)
        elif isinstance(value, dict):
            stack.append(_Text("}"))
            for index, (key, item) in enumerate(reversed(value.items())):
                comma = _Text("," if index < len(value) - 1 else "")
                name = _Text(json.dumps(str(key)) + ":")
                stack += [item, name, comma]
            parts.append("{")
        elif isinstance(value, (list, tuple)):
            stack.append(_Text("]"))
            for index, item in enumerate(reversed(value)):
                stack += [item, _Text("," if index < len(value) - 1 else "")]
            parts.append("[")
        else:
            parts.append(_plain_text(value))
    return "".join(parts).encode()


class _Text(str):
    """Finished JSON text on the way out, apart from text of the payload."""

    __slots__ = ()


def _plain_text(value):
    if isinstance(value, int) and is_huge(value):
        return hex(value)
    return json.dumps(value, default=str)


def _describe(message, payload):
    """Fill in what is shown of a message before anybody understands it."""
    message.external_id = usable_external_id(payload)
    if not isinstance(payload, dict):
        return message
    message.updated_at = moment_of(payload, "updated_at")
    number = payload.get("number")
    if isinstance(number, (str, int)) and not isinstance(number, bool):
        if not _plain_obstacle(number):
            message.number = str(number).strip()[:255] or None
    message.placed_at = moment_of(payload, "placed_at")
    return message


def _split(stripped):
    """The texts of an array's items or an object's members, without recursion."""
    if stripped[-1:] != {"[": "]", "{": "}"}[stripped[0]]:
        raise ValueError("not JSON: no end")
    depth, start, parts = 0, 1, []
    for match in _TOKEN.finditer(stripped):
        token = match.group()
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
        elif token == "," and depth == 1:
            parts.append(stripped[start : match.start()])
            start = match.end()
    if depth:
        raise ValueError("not JSON: brackets do not match")
    last = stripped[start:-1]
    if parts or last.strip():
        parts.append(last)
    return parts


def _read_document(text):
    found = []

    def pairs(items):
        result = dict(items)
        if len(result) < len(items):
            found.append("duplicate_key")
            result, seen = Twice(result), set()
            result.twice = next(k for k, _v in items if k in seen or seen.add(k))
        return result

    def constant(name):
        found.append("nan")
        return float(name.replace("Infinity", "inf"))

    def whole(digits):
        if len(digits) > _MAX_NUMBER_TEXT:
            found.append("number")
            return Huge()
        return int(digits)

    try:
        payload = json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_int=whole
        )
    except RecursionError:
        payload, found = None, ["depth"]
    raw = text.strip().encode("utf-8", "surrogatepass")
    return read_message(payload, raw, found[0] if found else "")
