"""SS-4, SS-6: orders of a new customer at once, alone and together, in five shops."""

import json

from .. import harness

RACES = max(2, harness.SEEDS // 3)
SHOPS, ORDERS = 5, 45


def test_many_orders_of_one_new_customer():
    """Nobody waits for somebody who waits for him: each order gets through with the
    tries that a request has, and each customer is made once."""
    code = f"""
import json, sys
sys.path.insert(0, {str(harness.SOURCE)!r})
from tests.concurrency.new_customer_race import race_new_customer
print(json.dumps([race_new_customer(env, seed) for seed in range({RACES})]))
"""
    with harness.Database() as database:
        races = harness.run_odoo_shell(database, code)
    assert len(races) == RACES
    for race in races:
        print(json.dumps(race, indent=1))
        assert not race["told"], race
        assert not race["errors"], race
        assert race["states"] == ["imported"], race
        assert race["rows"] == race["orders"] == race["units"] == ORDERS, race
        assert race["customers"] == race["buyers"] == SHOPS, race
