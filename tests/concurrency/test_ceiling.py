"""OM-10: at once or one after the other, never more leaves than was approved."""

import threading
from pathlib import Path

import pytest

from .. import harness

RACE = Path(__file__).with_name("ceiling_race.py").read_text(encoding="utf-8")
APPROVED = 10


@pytest.fixture(scope="module")
def database():
    """One for all races: each makes its own order."""
    with harness.Database() as copy:
        yield copy


def _run_races(database, mode, seeds):
    code = f"""{RACE}
import json
print(json.dumps([race(env, seed, {mode!r}) for seed in range({seeds})]))
"""
    return harness.run_odoo_shell(database, code)


@pytest.mark.parametrize("mode", ["follow", "explicit"])
def test_sessions_at_once_never_exceed(database, mode):
    races = _run_races(database, mode, harness.SEEDS)
    assert len(races) == harness.SEEDS
    for race in races:
        won = sum(
            quantity
            for quantity, told in zip(race["quantities"], race["told"], strict=True)
            if told is None
        )
        assert race["shipped"] == race["counter"] == won, race
        assert won <= APPROVED, race
        assert None in race["told"], race
        for quantity, told in zip(race["quantities"], race["told"], strict=True):
            if told is not None:
                # refused for the right reason, in words for people, and rightly so
                assert "10 Units approved" in told, race
                assert won + quantity > APPROVED, race


#: (shipped, the other done) -> what has left then, and what is approved
OUTCOMES = {
    "raise": {(True, True): (12, 12), (False, True): (0, 12)},
    "cut": {(True, False): (10, 10), (False, True): (0, 6)},
    "return": {(True, True): (10, 10), (False, True): (6, 10)},
    "mend": {(True, False): (10, 10), (False, True): (9, 10)},
}


@pytest.mark.parametrize("mode", ["follow", "explicit"])
def test_what_meets_a_shipment(database, mode):
    code = f"""
import json, sys
sys.path.insert(0, {str(harness.SOURCE)!r})
from tests.concurrency.ceiling_meetings import hold_meeting
print(json.dumps([
    hold_meeting(env, seed, {mode!r}, kind)
    for kind in {list(OUTCOMES)!r} for seed in range({harness.SEEDS})
]))
"""
    meetings = harness.run_odoo_shell(database, code)
    assert len(meetings) == len(OUTCOMES) * harness.SEEDS
    for meeting in meetings:
        outcome = (meeting["ship"] is None, meeting["other"] is None)
        expected = OUTCOMES[meeting["kind"]]
        assert outcome in expected, meeting
        assert meeting["net"] == meeting["counter"], meeting
        assert (meeting["net"], meeting["approved"]) == expected[outcome], meeting
        for told in (meeting["ship"], meeting["other"]):
            # the loser reads the figures, not a database error
            assert told is None or "Units" in told or "already" in told, meeting


def test_without_control_the_same_race_ships_too_much(database):
    races = _run_races(database, "none", 3)
    assert all(race["told"] == [None] * len(race["told"]) for race in races)
    assert all(race["shipped"] > APPROVED for race in races)


def test_a_swallowed_refusal_is_not_committed(database):
    code = f"""{RACE}
import json
_line_id, transfer_ids = make_transfers(env, "follow", [11])
env.cr.commit()
print(json.dumps(ship_and_swallow(env, transfer_ids[0])))
"""
    told, state, moves = harness.run_odoo_shell(database, code)
    assert "10 Units approved" in told
    assert state == "assigned"
    assert moves == ["assigned"]


def _press(session, transfer_id, gate, answers):
    gate.wait(60)
    try:
        session.button(
            "stock.picking",
            "button_validate",
            [transfer_id],
            skip_backorder=True,
            skip_sms=True,
        )
    except harness.RpcError as error:
        answers[transfer_id] = error
    else:
        answers[transfer_id] = None


def test_two_browsers_press_validate_at_once(database):
    code = f"""{RACE}
import json
made = [make_transfers(env, "follow", [7, 6]) for _race in range(5)]
env.cr.commit()
print(json.dumps(made))
"""
    made = harness.run_odoo_shell(database, code)
    with harness.Server(database, workers=3) as server:
        sessions = [server.session() for _browser in range(2)]
        for line_id, transfer_ids in made:
            gate, answers = threading.Barrier(2), {}
            threads = [
                threading.Thread(target=_press, args=(session, one, gate, answers))
                for session, one in zip(sessions, transfer_ids, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            errors = [error for error in answers.values() if error is not None]
            assert len(answers) == 2 and len(errors) == 1, answers
            assert errors[0].name == "odoo.exceptions.ValidationError"
            assert "10 Units approved" in errors[0].message
            [[shipped]] = database.sql(
                "SELECT net_shipped_qty FROM sale_order_line WHERE id = %s", [line_id]
            )
            assert shipped in (6, 7)
