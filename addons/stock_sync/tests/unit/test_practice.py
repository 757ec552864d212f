# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The practice shop: everything is in its options, nobody is called."""

from channels import adapters, errors
from channels.types import Credentials, ListingRef, Shop, StockChange

OPTIONS = {
    "listings": [
        {"item": 1, "sku": "A", "name": "Chair", "quantity": 3},
        {"item": "2", "sku": "B"},
    ]
}


def make(**values):
    shop = Shop(**{"kind": "practice", "shop_id": "P", "options": OPTIONS, **values})
    # no transport: it must do without
    return adapters()["practice"](shop, Credentials(), None)


def test_it_is_there():
    assert make().check().shop_id == "P"
    assert not make().list_orders(None, None).refs
    assert make().read_orders(["X"]).missing == ("X",)


def test_listings_and_stock():
    adapter = make()
    assert [one.sku for one in adapter.list_listings().listings] == ["A", "B"]
    known, gone = ListingRef("1"), ListingRef("9")
    levels = adapter.read_stock([known, gone])
    assert levels[known].quantity == 3 and gone not in levels
    results = adapter.push_stock(
        [StockChange(known, 5, "k1"), StockChange(gone, 5, "k2")]
    )
    assert results[known].is_ok and results[known].quantity == 5
    assert isinstance(results[gone].error, errors.NotFound)


def test_orders_by_time():
    orders = [
        {"external_id": "B", "placed_at": "2026-03-02T10:00:00+00:00"},
        {"external_id": "A", "placed_at": "2026-03-01T10:00:00+00:00"},
    ]
    adapter = make(options={"orders": orders})
    refs = adapter.list_orders(None, None).refs
    assert [ref.external_id for ref in refs] == ["A", "B"]
    (late,) = adapter.list_orders(refs[1].updated_at, None).refs
    assert late.external_id == "B"
    read = adapter.read_orders(["A", "X"])
    assert list(read.orders) == ["A"] and read.missing == ("X",)


def test_without_options():
    assert not make(options={}).list_listings().listings
