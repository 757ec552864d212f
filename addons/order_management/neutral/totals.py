# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""How the parts of a neutral order make up its ``total``.

``total`` is what the buyer pays plus the discounts that the channel bears, taxes
included: it is what the seller may claim for the order, from the buyer and the channel
together. In detail::

    share of a line   = (quantity - cancelled_quantity) / quantity
    net of a line     = (quantity x unit_price - discount) x share
    tax of a line     = tax x share                          if tax is given
                        net x tax_rate / 100, rounded        else, if tax_rate is given
    line              = net                                  if prices_include_tax
                        net + tax                            else
    shipping, fees    = fee                                  if prices_include_tax
                        fee + tax                            else
    total             = lines + shipping + fees paid by the buyer
                        - discounts borne by the seller that are not in_lines

- ``quantity``, ``discount`` and ``tax`` describe the line as ordered; what was
  cancelled takes its proportional share of them away. A line of quantity zero counts
  ``-discount`` (+ ``tax``): its price is for nothing.
- With ``prices_include_tax`` the taxes lie in unit prices, discounts, the shipping fee
  and fees; the ``tax`` fields then only tell how much it is.
- A discount of the whole order has the tax basis of the prices. Where prices exclude
  taxes, the lines' ``tax`` is what the channel charged after it.
- Discounts borne by the channel are never subtracted: the channel pays them.
- Fees paid by the seller (commission) and refunds do not count.

Sums are exact until the end and then rounded half up to the currency's decimals
(VND: none). Some channels leave ``total`` as it was when units are cancelled:
``check_total`` sees that and says so in ``basis``.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from .currencies import decimals
from .order import NeutralOrder

ZERO = Decimal(0)
_CENT = Decimal("0.01")
#: Room for the largest figures the schema allows, ten thousand lines of them.
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """What the comparison of an order's parts with its total gave.

    ``difference`` is total less expected, in the order's currency; ``basis`` is
    ``current``, or ``as_ordered`` where only the sum with the cancelled units fits.
    """

    expected: Decimal
    difference: Decimal
    tolerance: Decimal
    basis: str

    @property
    def ok(self) -> bool:
        """Whether the difference is rounding: it goes to the rounding account."""
        return abs(self.difference) <= self.tolerance


def round_money(amount: Decimal, places: int) -> Decimal:
    """``amount`` rounded half up to ``places`` decimals."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def line_total(line, include_tax: bool, places: int, cancelled: bool = False):
    """What one line adds to the total.

    :param include_tax: whether the prices contain taxes
    :param places: decimals of the currency, for taxes computed from a rate
    :param cancelled: count cancelled units, too
    """
    net = line.quantity * line.unit_price - line.discount
    tax = line.tax
    if line.cancelled_quantity and line.quantity and not cancelled:
        share = line.open_quantity / line.quantity
        net *= share
        tax = None if tax is None else tax * share
    if include_tax:
        return net
    if tax is None:
        tax = round_money(net * (line.tax_rate or ZERO) / 100, places)
    return net + tax


def expected_total(
    order: NeutralOrder, places: int | None = None, cancelled: bool = False
) -> Decimal:
    """The total that the order's parts make up, rounded to the currency.

    :param places: decimals of the currency, ISO 4217's unless given
    :param cancelled: count cancelled units as if they were not
    """
    places = decimals(order.currency) if places is None else places
    include = order.prices_include_tax
    total = sum(
        (line_total(line, include, places, cancelled) for line in order.lines), ZERO
    )
    charges = [(order.shipping.fee, order.shipping.tax)]
    charges += [(fee.amount, fee.tax) for fee in order.fees if fee.paid_by == "buyer"]
    for amount, tax in charges:
        total += amount if include else amount + tax
    total -= sum(
        (
            discount.amount
            for discount in order.discounts
            if discount.borne_by == "seller" and not discount.in_lines
        ),
        ZERO,
    )
    return round_money(total, places)


def tolerance(order: NeutralOrder, places: int | None = None) -> Decimal:
    """The difference that is still rounding: 0.01 for each line.

    In currencies without cents the smallest unit takes the place of 0.01: one dong, one
    yen for each line.
    """
    places = decimals(order.currency) if places is None else places
    return max(_CENT, Decimal(1).scaleb(-places)) * max(len(order.lines), 1)


def check_total(order: NeutralOrder, places: int | None = None) -> TotalCheck:
    """Compare the order's total with its parts."""
    places = decimals(order.currency) if places is None else places
    allowed = tolerance(order, places)
    given = round_money(order.total, places)
    checks = [
        TotalCheck(expected, given - expected, allowed, basis)
        for basis, expected in (
            ("current", expected_total(order, places)),
            ("as_ordered", expected_total(order, places, cancelled=True)),
        )
    ]
    return checks[1] if checks[1].ok and not checks[0].ok else checks[0]


def difference(order: NeutralOrder, places: int | None = None) -> Decimal:
    """The order's total less what its parts make up, in the order's currency."""
    return check_total(order, places).difference
