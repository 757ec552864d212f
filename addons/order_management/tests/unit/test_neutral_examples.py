# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from neutral import check_total, parse, usable_external_id, validate
from neutral.addresses import resolve_place
from neutral.schema import SCHEMA_PATH, load_schema

FOLDER = SCHEMA_PATH.parent / "examples"
EXAMPLES = sorted(FOLDER.glob("*.json"))


def load(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_one_example_per_channel():
    """OM-3: a worked example for each way an order comes in."""
    assert {path.stem for path in EXAMPLES} == {
        "shopee",
        "lazada",
        "tiktok_shop",
        "woocommerce",
        "shopify",
        "vendure",
        "medusa",
        "spreadsheet",
        "phone",
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path):
    """Valid by the schema alone and by us, and the parts make the total."""
    payload = load(path)
    assert Draft202012Validator(load_schema()).is_valid(payload)
    assert [problem.text for problem in validate(payload)] == []
    order = parse(payload)
    check = check_total(order)
    assert (check.difference, check.basis) == (0, "current")
    assert usable_external_id(payload) == order.external_id
    if order.shipping_address:
        assert resolve_place(order.shipping_address).country


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_buyer_pays_total_less_what_the_channel_bears(path):
    order = parse(load(path))
    if order.payment.amount is not None:
        borne = sum(
            discount.amount
            for discount in order.discounts
            if discount.borne_by == "channel"
        )
        assert order.payment.amount + borne == order.total
