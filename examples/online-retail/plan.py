"""From documents to messages: what is sent to the inbox, in which order.

The neutral order knows no negative quantity, so a document that takes back is told in
the words it has: as a refund of the order that the goods were sold with, where the data
show one, otherwise as an order that was ``returned``, which the inbox holds for people.
Everything follows from the file alone: sent again, it is the same.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

PAID, SHIPPED, RETURNED = "paid", "shipped", "returned"


@dataclass(slots=True, frozen=True)
class Message:
    """One version of an order, at the moment it was true."""

    external_id: str
    at: object
    payload: dict


@dataclass(slots=True, frozen=True)
class Share:
    """What became of one source line: where it is to be found in the database.

    ``refund`` is the refund's identifier for a line that was taken back from an order.
    """

    document: object
    line: object
    external_id: str
    refund: str = ""


@dataclass(slots=True)
class Plan:
    documents: list
    #: the month whose orders are not history here but are shipped, as ``2011-08``
    live: str = ""
    messages: list = field(default_factory=list)
    shares: list = field(default_factory=list)

    def get_live_numbers(self):
        """The orders of the live month, as the channel numbers them."""
        return [
            document.number
            for document in self.documents
            if document.month == self.live and document.kind == "sale"
        ]

    def split(self):
        """Messages to be sent before anything is shipped here, and those after it:
        what is taken back of orders of the live month."""
        live = set(self.get_live_numbers())
        first, later = [], []
        for message in self.messages:
            back = message.external_id in live and message.payload.get("refunds")
            (later if back else first).append(message)
        return first, later


def make_plan(documents, live=""):
    """Messages in the order of time, and where each source line will be found.

    :param live: the month whose invoices are told as orders that are paid and still to
        be shipped, as ``2011-08``
    """
    plan = Plan(documents, live)
    origins = _find_origins(documents)
    returned = defaultdict(lambda: defaultdict(list))
    for document in documents:
        rest = []
        for line in document.lines:
            origin = origins.get((document.number, line.number))
            if origin:
                sale, sold = origin
                returned[sale.number][document.number].append((line, sold))
                refund = _refund_key(document, sale)
                plan.shares.append(Share(document, line, sale.number, refund))
            else:
                rest.append(line)
                plan.shares.append(Share(document, line, document.number))
        if rest:
            plan.messages.append(_tell(document, rest, live))
    by_number = {document.number: document for document in documents}
    for number, parts in returned.items():
        plan.messages += _tell_returns(by_number[number], parts, by_number, live)
    plan.messages.sort(key=lambda message: (message.at, message.external_id))
    return plan


def _find_origins(documents):
    """``{(document number, line number): (sale, sold line)}`` for what was taken back.

    Of the same customer and article, from the latest earlier invoice that has as many
    pieces not yet taken back; of the same price if there is one, never of a lower one.
    """
    sold, left, found = defaultdict(list), {}, {}
    for document in sorted(documents, key=lambda document: document.at):
        if not document.customer:
            continue
        for line in document.lines:
            candidates = sold[document.customer, line.code]
            if document.kind == "sale":
                candidates.append((document, line))
                left[document.number, line.number] = line.quantity
            elif document.kind == "return":
                origin = _pick_origin(candidates, left, document, line)
                if origin:
                    found[document.number, line.number] = origin
                    left[origin[0].number, origin[1].number] += line.quantity
    return found


def _pick_origin(candidates, left, document, line):
    fitting = [
        (sale, sold)
        for sale, sold in reversed(candidates)
        if sale.at < document.at
        and left[sale.number, sold.number] >= -line.quantity
        and sold.price >= line.price
    ]
    same = [pair for pair in fitting if pair[1].price == line.price]
    return next(iter(same or fitting), None)


def _refund_key(document, sale):
    """One for each order that a document takes back from."""
    return f"{document.number}/{sale.number}"


def _tell(document, lines, live):
    """A document, or what of it belongs to no order that is known."""
    sale = document.kind == "sale"
    total = sum((abs(line.quantity) * line.price for line in lines), Decimal(0))
    at = document.at.isoformat()
    payload = {
        "schema_version": 1,
        "external_id": document.number,
        "number": document.number,
        "placed_at": at,
        "updated_at": at,
        "status": SHIPPED if sale else RETURNED,
        "currency": "GBP",
        "prices_include_tax": True,
        "shipping_address": {"country": document.country},
        "lines": [
            {
                "external_id": str(line.number),
                "sku": line.sku,
                "name": line.name,
                "quantity": abs(line.quantity),
                "unit_price": f"{line.price:f}",
            }
            for line in lines
        ],
        "total": f"{total:.2f}",
    }
    if document.customer:
        payload["customer"] = {"external_id": document.customer}
    if sale and document.month == live:
        payload["status"] = PAID
        payload["payment"] = {"state": "paid", "amount": payload["total"]}
    if not sale:
        payload["tags"] = [document.kind]
    return Message(document.number, document.at, payload)


def _tell_returns(sale, parts, by_number, live):
    """Newer versions of an order: one more refund at each moment it was returned."""
    first = _tell(sale, sale.lines, live).payload
    versions, refunds = {}, []
    for number in sorted(parts, key=lambda number: (by_number[number].at, number)):
        document = by_number[number]
        refunds = [*refunds, _prepare_refund(document, sale, parts[number])]
        payload = {
            **first,
            "updated_at": document.at.isoformat(),
            "refunds": refunds,
        }
        # what happened in the same minute is one version
        versions[document.at] = Message(sale.number, document.at, payload)
    return versions.values()


def _prepare_refund(document, sale, pairs):
    amount = sum((-line.quantity * line.price for line, _sold in pairs), Decimal(0))
    quantities = defaultdict(int)
    for line, sold in pairs:
        quantities[str(sold.number)] -= line.quantity
    return {
        "external_id": _refund_key(document, sale),
        "amount": f"{amount:.2f}",
        "lines": [
            {"line_id": line_id, "quantity": quantity}
            for line_id, quantity in quantities.items()
        ],
        "at": document.at.isoformat(),
        "reason": f"Cancelled by {document.number}",
    }
