# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What JSON storage would change or refuse in a message, and where it stands. No Odoo.

A code each: ``depth``, ``nul``, ``surrogate``, ``nan``, ``number``, ``type`` for what
values show; ``duplicate_key`` and once more ``number`` for what only a parser sees and
leaves behind as :class:`Twice` and :class:`Huge`.
"""

import re
from math import isfinite

from ..neutral.problems import ascii_controls

#: Levels that are stored as JSON; a neutral order has six.
MAX_DEPTH = 64
_MAX_BITS = 1024
#: From here on a float is written out as an integer by the database.
_BIG_FLOAT = 1e16
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}\Z")
#: Longer paths are cut: nobody reads sixty levels.
_MAX_STEPS = 8


class Twice(dict):
    """An object that named the key ``twice`` twice."""

    twice = ""


class Huge(int):
    """Stands for a whole number with more digits than anybody reads."""


def is_huge(value):
    """Whether nobody may ask for the digits of a whole number."""
    return value.bit_length() > _MAX_BITS


def find_obstacle(payload):
    """Why this cannot be stored as JSON: a code, or empty."""
    stack = [(payload, 1)]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, (dict, list, tuple)):
            if depth > MAX_DEPTH:
                return "depth"
            if isinstance(value, dict):
                for key in value:
                    if obstacle := plain_obstacle(key):
                        return obstacle
                value = value.values()
            stack.extend((item, depth + 1) for item in value)
        elif obstacle := plain_obstacle(value):
            return obstacle
    return ""


def plain_obstacle(value):
    """The code of what is wrong with a value that holds no others, or empty."""
    if isinstance(value, str):
        if "\x00" in value:
            return "nul"
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return "surrogate"
    elif isinstance(value, float):
        if not isfinite(value):
            return "nan"
        if abs(value) >= _BIG_FLOAT:
            return "number"
    elif isinstance(value, int):
        if isinstance(value, Huge) or is_huge(value):
            return "number"
    elif value is not None:
        return "type"
    return ""


def locate_obstacle(payload, code):
    """JSON path of the first place with the obstacle ``code``, ``$`` if none has it."""
    stack = [(payload, None, 1)]
    while stack:
        value, path, depth = stack.pop()
        if not isinstance(value, (dict, list, tuple)):
            if plain_obstacle(value) == code:
                return _render(path)
            continue
        if code == "duplicate_key" and isinstance(value, Twice):
            return _render((path, value.twice))
        if depth > MAX_DEPTH:
            if code == "depth":
                return _render(path)
            continue
        items = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, item in reversed(items):
            if isinstance(key, str) and plain_obstacle(key) == code:
                return _render((path, key))
            stack.append((item, (path, key), depth + 1))
    return "$"


def _render(path):
    """The path of ``(parent, key)`` pairs; keys from outside are made harmless."""
    steps = []
    while path:
        path, key = path
        if isinstance(key, int):
            steps.append(f"[{key}]")
        elif _NAME.match(key):
            steps.append(f".{key}")
        else:
            steps.append(f'["{ascii_controls(key[:40])}"]')
    steps.reverse()
    cut = "…" if len(steps) > _MAX_STEPS else ""
    return "$" + "".join(steps[:_MAX_STEPS]) + cut
