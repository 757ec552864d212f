"""OM-21, invariant 7: however many workers, nothing is invoiced or credited twice."""

from pathlib import Path

import pytest

from .. import harness

RACE = Path(__file__).with_name("invoice_race.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("policy", "documents"), [("shipment", 4), ("period", 1)])
def test_nothing_is_invoiced_twice(database, policy, documents):
    code = f"""{RACE}
import json
seeds = range({harness.SEEDS})
print(json.dumps([race_invoices(env, seed, {policy!r}) for seed in seeds]))
"""
    races = harness.run_odoo_shell(database, code)
    assert len(races) == harness.SEEDS
    for race in races:
        assert race["wrong"] == [] and race["problems"] == [], race
        assert race["invoiced"] == [5.0] * 4, race
        assert race["documents"] == documents, race
        assert race["left"] == [3.0] * 4, race
        assert race["credits"] == documents, race


def test_a_period_is_one_invoice(database):
    """An order that somebody has at hand waits, and with it all of its period."""
    code = f"""{RACE}
import json
ways = ["shipment", "period"]
print(json.dumps([invoice_beside_somebody(env, policy) for policy in ways]))
"""
    at_the_end = {"invoiced": [5.0] * 4, "due": [False] * 4}
    assert harness.run_odoo_shell(database, code) == [
        {"made": [3, 4], **at_the_end},
        {"made": [0, 1], **at_the_end},
    ]
