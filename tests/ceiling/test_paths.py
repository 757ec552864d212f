"""OM-10: every path by which goods leave, in every mode of approval control."""

import ast
from pathlib import Path

import pytest

from .. import harness

HERE = Path(__file__).parent
#: without control nothing is refused: what goes wrong there, goes wrong in the others
MODES = (pytest.param("none", marks=pytest.mark.chaos), "follow", "explicit")
MODULES = ("paths_apps", "paths_orders", "paths_transfers")


def _get_paths():
    """(class, test) of each path, read without Odoo."""
    for module in MODULES:
        text = (HERE / f"{module}.py").read_text(encoding="utf-8")
        for case in ast.parse(text).body:
            if isinstance(case, ast.ClassDef):
                for method in case.body:
                    name = getattr(method, "name", "")
                    if name.startswith("test_"):
                        yield case.name, name


@pytest.fixture(scope="module")
def told(request, all_paths_database):
    """What became of each path in the modes asked for: run once, in one process."""
    asked = {
        item.callspec.params["mode"]
        for item in request.session.items
        if "told" in item.fixturenames
    }
    code = f"""
import sys
sys.path.insert(0, {str(harness.SOURCE)!r})
from tests.ceiling import {", ".join(MODULES)}
from tests.ceiling.case_runner import run_cases
cases = [case for module in ({", ".join(MODULES)}) for case in module.CASES]
run_cases(*[case for case in cases if case.__name__.rsplit("_", 1)[1] in {asked!r}])
"""
    return harness.run_odoo_shell(all_paths_database, code, timeout=900)


@pytest.mark.parametrize(("case", "path"), _get_paths())
@pytest.mark.parametrize("mode", MODES)
def test_path(told, case, path, mode):
    outcome = told[f"{case}_{mode}.{path}"]
    assert not outcome, outcome
