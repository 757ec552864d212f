"""OM-10: every path by which goods leave, in every mode of approval control."""

import ast
from pathlib import Path

import pytest

from .. import harness

HERE = Path(__file__).parent
MODES = ("none", "follow", "explicit")


def _read(name):
    return (HERE / name).read_text(encoding="utf-8")


PATHS = [
    node.name
    for node in ast.walk(ast.parse(_read("paths.py")))
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.fixture(scope="module")
def told(all_paths_database):
    """What became of each path: run once, in one process."""
    code = f"{_read('paths.py')}\n{_read('case_runner.py')}\nrun_cases(*CASES)\n"
    return harness.run_odoo_shell(all_paths_database, code, timeout=900)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", MODES)
def test_path(told, path, mode):
    outcome = told[f"Paths_{mode}.{path}"]
    assert not outcome, outcome
