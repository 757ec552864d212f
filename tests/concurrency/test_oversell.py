"""SS-6: ten units, five shops, the web shop, a till, the API and quotations: fifty
buyers at once, and nobody but the till sells what is gone."""

import json
from pathlib import Path

from .. import harness

RACE = Path(__file__).with_name("oversell_race.py").read_text(encoding="utf-8")
#: one race is fifty buyers: more of them with --all
RACES = max(1, harness.SEEDS // 5)
UNITS, POOL, TILL = 10, 3, 4


def test_ten_units_and_fifty_buyers():
    code = f"""{RACE}
import json
print(json.dumps([race_oversell(env, seed) for seed in range({RACES})]))
"""
    with harness.Database() as database:
        races = harness.run_odoo_shell(database, code)
    assert len(races) == RACES
    for race in races:
        print(json.dumps(race, indent=1))
        check(race)


def check(race):
    assert race["before"] == [POOL, 7, 7, 7, 7], race
    # in the order in which it happened, everybody but the till got what was there, and
    # nobody was refused while something was left
    assert not race["wrong"], race
    assert race["till"] == race["ways"]["till"] == TILL, race
    promised = race["confirmed"] + race["waiting"]
    assert promised <= UNITS, race
    assert promised + race["till"] == UNITS - race["left"] >= UNITS, race
    assert race["pool_sold"] <= POOL, race
    # a shop's order beyond it waits and takes nothing
    assert race["held_with_order"] == 0, race
    assert race["reserved"] <= race["confirmed"], race
    assert not race["over_reserved"] and race["quants"] == 1, race
    # one flush and every listing shows nothing
    assert race["after"] == [0] * 5, race
    # who sold it: said in the order that had to wait
    assert race["held"] and race["held_naming_till"], race
    # booked at the end of the session, and counted once
    assert race["session"] == "closed", race
    assert race["closed"]["left"] == race["left"], race
