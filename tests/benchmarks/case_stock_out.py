"""Stock out: many listings sent to shops as fast as those allow."""

import contextlib

from .limited_shop import LimitedShop
from .run import Process

SHOPS, LISTINGS = 5, 20_000
_TEXT = f"{SHOPS * LISTINGS:,} listings sent"


def stock_out(run):
    """100,000 listings sent to five shops, each at the speed that it allows."""
    with run.own() as ours, contextlib.ExitStack() as stack:
        products, _steps = ours.call("stock_sync.seed", shops=SHOPS, listings=LISTINGS)
        [capacity, per_second, batch], _steps = ours.call("stock_out.limits")
        shops = [
            stack.enter_context(LimitedShop(capacity, per_second))
            for _number in range(SHOPS)
        ]
        for shop in shops:
            shop.fill(products)
        found = _send(ours, shops)
    fastest = (-(-LISTINGS // batch) - capacity) / per_second
    _judge(run, shops, found, fastest)


def _send(ours, shops):
    """Connect the shops, count what they should show, send it to one after another.

    :return: what `work.stock_out.send` tells of each
    """
    channel_ids, _steps = ours.call(
        "stock_out.connect",
        urls=[shop.url for shop in shops],
        key=LimitedShop.key,
        secret=LimitedShop.secret,
    )
    ours.call("stock_sync.fold")
    # a process of its own: what counting needed is not what sending needs
    sender = Process(database=ours.database)
    try:
        return [sender.call("stock_out.send", channel_id=one)[0] for one in channel_ids]
    finally:
        sender.close()


def _judge(run, shops, found, fastest):
    """:param fastest: seconds in which the limit lets a shop's listings through"""
    for shop, (_seconds, _size, waiting, units) in zip(shops, found, strict=True):
        assert not waiting, f"{waiting} listings are not up to date"
        assert shop.show() == units, f"{shop.show()} units are shown, not {units}"
    seconds, sizes, _waiting, _units = zip(*found, strict=True)
    speed = SHOPS * LISTINGS / sum(seconds)
    run.judge(
        f"{_TEXT}: seconds of the slowest shop / what its limit takes",
        max(seconds) / fastest,
        1.1,
        ours=f"{speed:.0f} a second",
    )
    run.judge(
        f"{_TEXT}: calls beyond the limit",
        sum(shop.refused for shop in shops),
        0,
        ours=f"{sum(shop.asked for shop in shops)} calls",
    )
    run.judge(
        f"{_TEXT}: MiB the process grew by after the first shop",
        max(sizes) - sizes[0],
        20,
        ours=f"{sizes[0]:.0f} → {max(sizes):.0f} MiB",
    )
