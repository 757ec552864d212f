"""Stock out: many listings sent to shops as fast as those allow."""

import contextlib

from .limited_shop import LimitedShop
from .run import Process

SHOPS, LISTINGS = 5, 20_000


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
            found = [
                sender.call("stock_out.send", channel_id=one)[0] for one in channel_ids
            ]
        finally:
            sender.close()
    _check_shops(shops, found)
    calls = -(-LISTINGS // batch)
    fastest = (calls - capacity) / per_second
    seconds, sizes = ([one[place] for one in found] for place in (0, 1))
    total = SHOPS * LISTINGS
    run.judge(
        f"{total:,} listings sent: time / what the limit takes, the slowest shop",
        max(seconds) / fastest,
        1.1,
        False,
        None,
        f"{total / sum(seconds):.0f} a second",
    )
    run.judge(
        f"{total:,} listings sent: calls that a shop refused",
        sum(shop.refused for shop in shops),
        0,
        False,
        None,
        f"{sum(shop.asked for shop in shops)} calls",
    )
    run.judge(
        f"{total:,} listings sent: MiB the process grew by after the first shop",
        max(sizes) - sizes[0],
        20,
        False,
        None,
        f"{sizes[0]:.0f} → {max(sizes):.0f} MiB",
    )


def _check_shops(shops, found):
    """Every shop shows what it should."""
    for shop, (_seconds, _size, waiting, units) in zip(shops, found, strict=True):
        assert not waiting, f"{waiting} listings are not up to date"
        assert shop.show() == units, f"{shop.show()} units are shown, not {units}"
