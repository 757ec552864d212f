# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What the importer knows about one inbox row on its way to an order (no Odoo)."""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)


@dataclass(slots=True, eq=False)
class LineDraft:
    """One line that the order will have.

    ``net`` is what it adds to the order in the tax basis of the prices; ``ref`` tells
    it again in a later version: the channel's line identifier, or ``@...`` for
    charges.
    """

    ref: str
    product: object
    quantity: Decimal
    net: Decimal
    list_price: Decimal
    name: str = ""
    uom: object = None
    tax: Decimal | None = None
    tax_rate: Decimal | None = None
    taxes: object = None
    price_unit: Decimal = ZERO
    discount: Decimal = ZERO
    is_charge: bool = False
    is_delivery: bool = False


@dataclass(slots=True, eq=False)
class Item:
    """A row, the neutral order in it and what was found for it.

    The first verdict stands: ``state`` is empty as long as nothing speaks against the
    import, afterwards ``held``, ``error``, ``imported`` or ``updated``.
    """

    row: object
    order: object = None
    state: str = ""
    code: str = ""
    text: str = ""
    check: object = None
    currency: object = None
    pricelist: object = None
    lines: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    partner: object = None
    invoice_partner: object = None
    shipping_partner: object = None
    fiscal_position: object = None
    sale_order: object = None
    snapshot: dict | None = None
    notes: list = field(default_factory=list)

    def hold(self, code, text):
        """A mapping, payment or decision in Odoo is missing."""
        self._judge("held", code, text)

    def fail(self, code, text):
        """The payload or the configuration is wrong."""
        self._judge("error", code, text)

    def _judge(self, state, code, text):
        if not self.state:
            self.state, self.code, self.text = state, code, text

    def accepts(self, code):
        """Whether a person decided to import in spite of this."""
        return code in (self.row.accepted_codes or "").split(",")

    @property
    def is_cancelled(self):
        return self.order.status == "cancelled" or bool(
            self.order.lines
            and all(line.quantity for line in self.order.lines)
            and not any(line.open_quantity for line in self.order.lines)
        )

    @property
    def is_history(self):
        return self.order.status in ("shipped", "delivered", "returned")

    @property
    def is_unpaid(self):
        """Nobody has paid and nobody will pay at the door."""
        payment = self.order.payment
        if payment.cash_on_delivery:
            return False
        return self.order.status == "unpaid" or (
            not self.order.status and payment.state in ("unpaid", "pending", "failed")
        )

    @property
    def is_settled(self):
        """Paid, or to be paid at the door: nothing has to be waited for."""
        payment = self.order.payment
        return (
            payment.cash_on_delivery
            or payment.state == "paid"
            or (self.order.status in ("paid", "shipped", "delivered"))
        )


def split_price(net, quantity, list_price, price_digits, discount_digits, places):
    """Price, percent of discount and rest that make exactly ``net``.

    Odoo keeps prices and percents with few decimals. Tried in turn: the list price
    alone, with a percentage, the price that follows from ``net``; if none of them gives
    the amount to the currency's last digit, a price rounded up and the rest, which is
    to be taken off in a line of its own.

    :param net: amount of the line, in the currency
    :param places: decimals of the currency
    :return: ``(price_unit, discount, rest)``, all decimals; ``rest`` is never negative
    """
    unit, step = Decimal(1).scaleb(-places), Decimal(1).scaleb(-price_digits)
    net = net.quantize(unit)
    if not quantity:
        return list_price.quantize(step), ZERO, ZERO
    price = list_price.quantize(step)
    if (price * quantity).quantize(unit) == net:
        return price, ZERO, ZERO
    if price and ZERO <= net < price * quantity:
        percent = (100 - 100 * net / (price * quantity)).quantize(
            Decimal(1).scaleb(-discount_digits)
        )
        paid = price * quantity * (100 - percent) / 100
        if paid.quantize(unit) == net and percent > 0:
            return price, percent, ZERO
    price = (net / quantity).quantize(step)
    if (price * quantity).quantize(unit) == net:
        return price, ZERO, ZERO
    if (price * quantity).quantize(unit) < net:
        price += step
    return price, ZERO, (price * quantity).quantize(unit) - net


def allocate(amount, weights, places):
    """``amount`` in parts by ``weights``, each off by less than one unit.

    The sums of the first parts are rounded, not the parts: of amounts and weights above
    zero no part is below it, however many there are.
    """
    unit = Decimal(1).scaleb(-places)
    total = sum(weights, ZERO)
    if not total:
        weights, total = [Decimal(1)] * len(weights), Decimal(len(weights))
    parts, weighed, given = [], ZERO, ZERO
    for weight in weights:
        weighed += weight
        upto = amount
        if weighed != total:
            upto = (amount * weighed / total).quantize(unit, ROUND_DOWN)
        parts.append(upto - given)
        given = upto
    return parts
