# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The published JSON Schema, turned into functions that report every problem.

The file is the only source of truth; this module compiles the keywords it uses
(``type``, ``enum``, ``pattern``, ``minLength``, ``maxLength``, ``minimum``,
``maximum``, ``required``, ``properties``, ``items``, ``minItems``, ``maxItems``,
``$ref``) and refuses a schema that uses another one, so that the two cannot drift
apart. A good value costs one call and no allocation; words are made only for what is
wrong.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from .problems import Problem, describe, render_path

SCHEMA_PATH = (
    Path(__file__).resolve().parent.parent
    / "static"
    / "schema"
    / "neutral_order_v1.schema.json"
)
SCHEMA_VERSION = 1
#: A hostile payload may be wrong in a million places: enough is enough.
MAX_PROBLEMS = 1000

_NOTES = {"$schema", "$id", "$defs", "title", "description", "x-kind", "x-personal"}
_LEAF_WORDS = {
    "type",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
}
_OBJECT_WORDS = {"type", "required", "properties"}
_LIST_WORDS = {"type", "items", "minItems", "maxItems"}
#: Kinds whose content may be shown in a message: codes and figures, never free text.
_SHOWN = {
    "money",
    "amount",
    "quantity",
    "percent",
    "timestamp",
    "currency",
    "country_code",
    "language",
    "flag",
    "order_status",
    "payment_state",
    "payer",
    "bearer",
    "schema_version",
}


class Report:
    """Collects problems up to a limit."""

    __slots__ = ("problems", "limit")

    def __init__(self, limit=MAX_PROBLEMS):
        self.problems = []
        self.limit = limit

    @property
    def full(self) -> bool:
        return len(self.problems) > self.limit

    def add(self, path, code, kind="", got="", limit=""):
        """Note one problem at ``path``, a chain of ``(parent, key)``."""
        if len(self.problems) < self.limit:
            self.problems.append(
                Problem(render_path(path), code, kind, got, str(limit))
            )
        elif len(self.problems) == self.limit:
            self.problems.append(Problem("$", "more"))


@lru_cache(maxsize=1)
def load_schema() -> dict:
    """The published schema as Python data."""
    return json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def compiled():
    """Function ``(value, report, path)`` that checks a whole neutral order."""
    return Compiler(load_schema()).compile_root()


class Compiler:
    """Turns schema nodes into functions ``(value, report, path)``."""

    def __init__(self, schema):
        self.schema = schema
        self.done = {}

    def compile_root(self):
        return self.compile(self.schema, personal=False)

    def compile(self, node, personal):
        if "$ref" in node:
            self._refuse_unknown(node, {"$ref"})
            return self._compile_ref(node["$ref"], personal)
        personal = personal or node.get("x-personal", False)
        if "properties" in node:
            return self._compile_object(node, personal)
        if "items" in node:
            return self._compile_list(node, personal)
        return self._compile_leaf(node, personal)

    def _compile_ref(self, ref, personal):
        key = (ref, personal)
        if key not in self.done:
            name = ref.removeprefix("#/$defs/")
            self.done[key] = self.compile(self.schema["$defs"][name], personal)
        return self.done[key]

    @staticmethod
    def _refuse_unknown(node, words):
        unknown = set(node) - words - _NOTES
        if unknown:
            raise ValueError(f"schema keywords that are not compiled: {unknown}")

    def _compile_object(self, node, personal):
        self._refuse_unknown(node, _OBJECT_WORDS)
        nullable = "null" in node["type"]
        required = tuple(node.get("required", ()))
        kinds = {name: self._kind_of(node["properties"][name]) for name in required}
        # properties without any rule ("raw") need no call
        find = {
            name: self.compile(sub, personal)
            for name, sub in node["properties"].items()
            if set(sub) - _NOTES
        }.get

        def check_object(value, report, path):
            if type(value) is not dict:
                if not (value is None and nullable):
                    report.add(path, "type", "object", describe(value, False))
                return
            for name in required:
                if name not in value:
                    report.add((path, name), "required", kinds[name])
            for name, item in value.items():
                check = find(name)
                if check is not None:
                    check(item, report, (path, name))

        return check_object

    def _kind_of(self, node):
        if "$ref" in node:
            node = self.schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
        return node.get("x-kind", "")

    def _compile_list(self, node, personal):
        self._refuse_unknown(node, _LIST_WORDS)
        nullable = "null" in node["type"]
        check_item = self.compile(node["items"], personal)
        most = node["maxItems"]
        least = node.get("minItems", 0)

        def check_list(value, report, path):
            if type(value) is not list:
                if not (value is None and nullable):
                    report.add(path, "type", "list", describe(value, False))
                return
            size = len(value)
            if size > most:
                report.add(path, "too_many", got=str(size), limit=most)
            if size < least:
                report.add(path, "too_few", got=str(size), limit=least)
            for index, item in enumerate(value):
                check_item(item, report, (path, index))
                if report.full:
                    return

        return check_list

    def _compile_leaf(self, node, personal):
        self._refuse_unknown(node, _LEAF_WORDS)
        leaf = Leaf(node, personal)
        types = leaf.types
        longest, match = leaf.longest, leaf.match
        text_allowed = "string" in types and leaf.enum is None
        null_allowed = "null" in types
        whole_allowed = "integer" in types and leaf.enum is None
        low, high = leaf.low, leaf.high

        def check_leaf(value, report, path):
            kind = type(value)
            if kind is str:
                if text_allowed and len(value) <= longest and match(value):
                    return
            elif value is None:
                if null_allowed:
                    return
            elif kind is int and whole_allowed and low <= value <= high:
                return
            leaf.explain(value, report, path)

        return check_leaf


class Leaf:
    """The rules for one plain value and the words for what breaks them."""

    def __init__(self, node, personal):
        types = node["type"]
        self.types = {types} if isinstance(types, str) else set(types)
        self.kind = node["x-kind"]
        self.show = not personal and self.kind in _SHOWN
        self.enum = node.get("enum")
        self.shortest = node.get("minLength", 0)
        # nothing without a limit is ever searched by a pattern
        self.longest = node.get("maxLength", 64)
        # "$" of JSON Schema is the very end, that of Python allows a line break
        pattern = node.get("pattern", "").replace("$", r"\Z")
        self.match = re.compile(pattern).search
        self.low = node.get("minimum", float("-inf"))
        self.high = node.get("maximum", float("inf"))

    def explain(self, value, report, path):
        """Add what is wrong with ``value``; nothing if it is right after all."""
        code = self._find_code(value)
        if code == "too_long":
            report.add(
                path, code, self.kind, f"{len(value)} characters", limit=self.longest
            )
        elif code:
            report.add(path, code, self.kind, describe(value, self.show))

    def _find_code(self, value):
        if self.enum is not None:
            return "" if self._in_enum(value) else "value"
        if isinstance(value, str):
            return self._find_text_code(value)
        if isinstance(value, bool):
            return "" if "boolean" in self.types else "type"
        if isinstance(value, (int, float)):
            return self._find_number_code(value)
        return "type"

    def _in_enum(self, value):
        # True == 1 in Python, not in JSON; an unhashable value is never a member
        return any(
            value == item and isinstance(value, bool) == isinstance(item, bool)
            for item in self.enum
        )

    def _find_text_code(self, value):
        if "string" not in self.types:
            return "type"
        if len(value) > self.longest:
            return "too_long"
        if len(value) < self.shortest or not self.match(value):
            return "value"
        return ""

    def _find_number_code(self, value):
        # JSON Schema counts 3.0 as an integer
        whole = isinstance(value, int) or value.is_integer()
        if "number" not in self.types:
            if "integer" not in self.types:
                return "type"
            if not whole:
                return "fraction" if value == value and abs(value) < 1e308 else "value"
        return "" if self.low <= value <= self.high else "value"
