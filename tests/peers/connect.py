"""The adapters, without Odoo, and what every shop's orders must be."""

from datetime import datetime, timezone

import channels
from channels.types import (
    Credentials,
    Shipment,
    Shop,
    StockChange,
    WebhookRequest,
)
from neutral import check_total, parse, validate


def adapter(kind, server, credentials, **options):
    """An adapter for the server, as a job would open it."""
    shop = Shop(kind, server.url, allow_private=True, options=options)
    transport = channels.Transport(allow_private=True)
    return channels.adapters()[kind](shop, credentials, transport)


def webhook(found, body=None, later=0):
    """A request that arrived, as the adapter is given it."""
    headers, sent, moment = found
    stamp = datetime.fromtimestamp(moment.timestamp() + later, timezone.utc)
    body = sent if body is None else body
    return WebhookRequest("http://suite/hook", headers, body, stamp)


def checked(payload):
    """The neutral order, valid and adding up to its total exactly."""
    assert validate(payload) == []
    order = parse(payload)
    check = check_total(order)
    assert abs(check.difference) == 0, (check, payload)
    return order


def every_order(shop, since=None):
    """{external id: neutral order} of all pages."""
    orders, cursor = {}, ""
    while True:
        page = shop.list_orders(since, None, cursor)
        ids = [ref.external_id for ref in page.refs]
        orders.update(page.orders)
        lacking = [key for key in ids if key not in page.orders]
        if lacking:
            read = shop.read_orders(lacking)
            assert not read.failed, read.failed
            orders.update(read.orders)
        cursor = page.cursor
        if not cursor:
            return orders


def every_listing(shop):
    """{SKU: listing} of all pages."""
    found, cursor = {}, ""
    while True:
        page = shop.list_listings(cursor)
        found.update((listing.sku, listing) for listing in page.listings)
        cursor = page.cursor
        if not cursor:
            return found


def every_return(shop, since=None):
    """{external id: return} of all pages."""
    found, cursor = {}, ""
    while True:
        page = shop.list_returns(since, cursor)
        found.update((one.external_id, one) for one in page.returns)
        cursor = page.cursor
        if not cursor:
            return found


def read(shop, order):
    """One order as the shop has it now."""
    return checked(shop.read_orders([order["id"]]).orders[order["id"]])


def change(listing, quantity):
    """Its stock, to be pushed."""
    return StockChange(listing.ref, quantity, key=f"k{quantity}")


def sells(shop, listing):
    """Its stock there."""
    return shop.read_stock([listing.ref])[listing.ref]


def parcel(order, lines, key="parcel", **values):
    """A parcel with ``{line: units}`` of an order."""
    lines = tuple(((line,), count) for line, count in lines.items())
    return Shipment(order["id"], lines, key, **values)


__all__ = [
    "Credentials",
    "adapter",
    "change",
    "checked",
    "every_listing",
    "every_order",
    "every_return",
    "parcel",
    "read",
    "sells",
    "webhook",
]
