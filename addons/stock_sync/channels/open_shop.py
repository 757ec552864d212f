# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What the shops that sellers run themselves have in common: Vendure and Medusa.

Neither has webhooks, batches that fail item by item, or a limit of its own: a small
plug-in of ours sends signed hints, a bad item fails the whole write, and we are polite.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from . import signing
from .adapter import Adapter
from .errors import BadAnswer, BadSignature, ChannelError
from .types import (
    Auth,
    Bucket,
    Capabilities,
    Failure,
    Hint,
    ItemResult,
    Orders,
    StockChange,
    StockMeaning,
)

PAGE = 50


def open_shop(name: str, **more: Any) -> Capabilities:
    """What such a shop can do; ``more``: what this one can besides."""
    return Capabilities(
        name=name,
        auth=Auth.KEY,
        webhooks=True,
        reread_open_orders=True,
        returns=True,
        stock_meaning=StockMeaning.ON_HAND,
        stock_batch=100,
        stock_failure=Failure.ALL,
        locations=True,
        ship=True,
        partial_shipments=True,
        late_tracking=True,
        cancel=True,
        order_page=PAGE,
        order_batch=PAGE,
        buckets=(Bucket("default", 20, 10),),
        **more,
    )


class OpenShop(Adapter):
    """One shop with a plug-in of ours for its webhooks."""

    def verify_webhook(self, request):
        signing.check(request, self.credentials.webhook_secret)
        try:
            body = json.loads(request.body)
            return tuple(self._hints(str(body["id"]), body["topic"], body["data"]))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadSignature("signed, but no message", code="body") from error

    @staticmethod
    def _hints(event: str, topic: str, data: Mapping[str, Any]) -> Iterable[Hint]:
        """What one message of the plug-in is about."""
        raise NotImplementedError


def translated(
    found: Iterable[Mapping[str, Any]],
    translate: Callable[[Mapping[str, Any]], dict],
    wanted: Sequence[str] = (),
) -> Orders:
    """Neutral orders of what a shop answered; one that cannot be read says why.

    :param wanted: ids that were asked for: those that did not come are missing
    """
    orders, failed = {}, {}
    for order in found:
        try:
            orders[order["id"]] = translate(order)
        except (ArithmeticError, BadAnswer, LookupError, TypeError) as error:
            failed[order["id"]] = f"{type(error).__name__}: {error}"
        except ValueError as error:
            failed[order["id"]] = str(error)
    missing = tuple(key for key in wanted if key not in orders and key not in failed)
    return Orders(orders, missing, failed)


def write_in_halves(
    changes: Sequence[StockChange],
    write: Callable[[Sequence[StockChange]], None],
    results: dict[Any, ItemResult],
    is_item: Callable[[ChannelError], bool],
) -> None:
    """Write in one call; if that fails, by halves: it is all or nothing.

    :param is_item: whether an error may be about one of the items
    """
    try:
        write(changes)
    except ChannelError as error:
        if not is_item(error):
            raise
        if len(changes) == 1:
            results[changes[0].ref] = ItemResult(error)
            return
        half = len(changes) // 2
        for part in (changes[:half], changes[half:]):
            write_in_halves(part, write, results, is_item)


def units_by_line(lines: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, int]:
    """``{id of the line: units}`` of a parcel or a cancellation."""
    return {ids[0]: count for ids, count in lines}
