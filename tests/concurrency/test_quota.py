"""OM-11, invariant 3: quotas are exact however many people draw on them at once."""

from pathlib import Path

import pytest

from .. import harness

RACE = Path(__file__).with_name("quota_race.py").read_text(encoding="utf-8")
#: what a loser may be told, in words for people
BUSINESS = (
    "left of",
    "Take at least",
    "to give away",
    "too much",
)


@pytest.fixture(scope="module")
def database():
    """One for all races: each makes its own quotas."""
    with harness.Database() as copy:
        yield copy


def _run_races(database, race):
    code = f"""{RACE}
import json
print(json.dumps([{race}(env, seed) for seed in range({harness.SEEDS})]))
"""
    races = harness.run_odoo_shell(database, code)
    assert len(races) == harness.SEEDS
    return races


def test_orders_at_once_never_overrun(database):
    races = _run_races(database, "race_confirm")
    for race in races:
        won = sum(
            quantity
            for quantity, told in zip(race["quantities"], race["told"], strict=True)
            if told is None
        )
        assert not race["wrong"], race
        assert race["consumed"] == won <= 100, race
        assert None in race["told"], race
        for quantity, told in zip(race["quantities"], race["told"], strict=True):
            if told is not None:
                # refused for the right reason, and rightly so
                assert "left of 100" in told, race
                assert won + quantity > 100, race


def test_everything_at_once_adds_up(database):
    races = _run_races(database, "race_mixed")
    for race in races:
        assert not race["wrong"], race
        assert None in race["told"], race
        for told in race["told"]:
            assert told is None or any(words in told for words in BUSINESS), race
