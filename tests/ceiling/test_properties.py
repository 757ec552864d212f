"""OM-10 as properties: any sequence of what people do keeps the invariants."""

import pytest

from .. import harness


def _run_machine(database, examples, steps, seed=None):
    code = f"""
import sys
sys.path.insert(0, {str(harness.SOURCE)!r})
from tests.ceiling.case_runner import run_cases
from tests.ceiling.machine import Properties
Properties.examples, Properties.steps, Properties.seed = {examples}, {steps}, {seed}
run_cases(Properties)
"""
    return harness.run_odoo_shell(database, code, timeout=3600)


def test_any_sequence(all_paths_database):
    """The same sequences in every run; more of them with --all."""
    told = _run_machine(
        all_paths_database, examples=max(12, 2 * harness.SEEDS), steps=12
    )
    assert told == {"Properties.test_any_sequence": ""}, "\n".join(told.values())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_many_long_sequences(all_paths_database, seed):
    told = _run_machine(all_paths_database, examples=60, steps=30, seed=seed)
    assert told == {"Properties.test_any_sequence": ""}, f"seed {seed}\n" + "\n".join(
        told.values()
    )
