# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What is wrong with a spreadsheet and what its columns are, in the reader's language.

The texts of problems are those of ``neutral.spreadsheet``, written out a second time
because only literals can be collected for translation; a test compares the two.
"""

from odoo.tools import LazyTranslate

from ..neutral.problems import EXPECTED as NEUTRAL_EXPECTED
from .problem_text import EXPECTED

_lt = LazyTranslate(__name__)

CELL_SENTENCES = {
    "number": _lt("“%(value)s” is no number; expected %(expected)s"),
    "date": _lt("“%(value)s” is no date; expected %(expected)s"),
    "flag": _lt("“%(value)s” is neither yes nor no"),
    "status": _lt("“%(value)s” is no state of an order; expected %(expected)s"),
    "missing": _lt("%(field)s is empty; expected %(expected)s"),
    "conflict": _lt("“%(value)s” differs from “%(expected)s” in the order's first row"),
    "scattered": _lt(
        "rows of order “%(value)s” stand too far apart; sort the file by order"
    ),
    "error_value": _lt("“%(value)s” is an error of a formula"),
    "no_result": _lt(
        "“%(value)s” is a formula without a result; open the file in a spreadsheet "
        "program, save it there and try again"
    ),
    "invalid": _lt("“%(value)s”: expected %(expected)s"),
    "other_row": _lt("another row of this order has a problem"),
}
CELL_EXPECTED = {
    "number": _lt("a number such as 1234.56 or 1.234,56"),
    "date": _lt("a date such as 31/12/2026 or 2026-12-31 14:30"),
}
FILE_SENTENCES = {
    "empty": _lt("The file has no rows. Choose another file."),
    "old_excel": _lt(
        "This is an old or password-protected Excel file. Save it as .xlsx without a "
        "password and try again."
    ),
    "pdf": _lt("This is a PDF. Export the list as CSV or XLSX."),
    "unknown_encoding": _lt("There is no encoding “%(encoding)s”. Try UTF-8."),
    "broken_row": _lt(
        "Row %(row)s cannot be read (%(error)s). Look for a quotation mark that is not "
        "closed."
    ),
    "encoding": _lt(
        "After row %(row)s the file is no longer %(encoding)s. Choose its encoding, or "
        "save it as UTF-8."
    ),
    "too_large": _lt("The file unpacks to more than %(limit)s GB. Split it."),
    "broken_excel": _lt(
        "The file cannot be opened as XLSX (%(error)s). Open it in a spreadsheet "
        "program and save it again."
    ),
    "no_sheet": _lt("The file has no sheet with cells."),
    "unknown_sheet": _lt("There is no sheet “%(sheet)s”; the file has: %(sheets)s."),
}
FIELD_LABELS = {
    "external_id": _lt("Order: number"),
    "number": _lt("Order: number shown to the buyer"),
    "placed_at": _lt("Order: date"),
    "updated_at": _lt("Order: last change"),
    "status": _lt("Order: state"),
    "currency": _lt("Order: currency"),
    "line.sku": _lt("Line: SKU"),
    "line.barcode": _lt("Line: barcode"),
    "line.name": _lt("Line: description"),
    "line.quantity": _lt("Line: quantity"),
    "line.cancelled_quantity": _lt("Line: cancelled quantity"),
    "line.unit_price": _lt("Line: unit price"),
    "line.amount": _lt("Line: amount"),
    "line.discount": _lt("Line: discount"),
    "line.tax": _lt("Line: tax"),
    "line.tax_rate": _lt("Line: tax in percent"),
    "customer.external_id": _lt("Customer: number"),
    "customer.name": _lt("Customer: name"),
    "customer.email": _lt("Customer: e-mail"),
    "customer.phone": _lt("Customer: phone"),
    "customer.vat": _lt("Customer: tax number"),
    "customer.company": _lt("Customer: company"),
    "shipping_address.name": _lt("Delivery: name"),
    "shipping_address.phone": _lt("Delivery: phone"),
    "shipping_address.street": _lt("Delivery: street"),
    "shipping_address.street2": _lt("Delivery: second line"),
    "shipping_address.ward": _lt("Delivery: ward"),
    "shipping_address.city": _lt("Delivery: city"),
    "shipping_address.state": _lt("Delivery: province"),
    "shipping_address.zip": _lt("Delivery: postal code"),
    "shipping_address.country": _lt("Delivery: country"),
    "shipping.fee": _lt("Shipping: fee"),
    "shipping.method": _lt("Shipping: method"),
    "shipping.carrier": _lt("Shipping: carrier"),
    "shipping.ship_by": _lt("Shipping: ship by"),
    "shipment.tracking": _lt("Shipping: tracking number"),
    "payment.method": _lt("Payment: method"),
    "payment.paid_at": _lt("Payment: date"),
    "payment.transaction_id": _lt("Payment: transaction"),
    "payment.cash_on_delivery": _lt("Payment: cash on delivery"),
    "discount": _lt("Order: discount of the seller"),
    "channel_discount": _lt("Order: discount of the channel"),
    "total": _lt("Order: total"),
    "prices_include_tax": _lt("Order: prices include taxes"),
    "note": _lt("Order: note"),
    "tags": _lt("Order: tags"),
}
_EXPECTED_TEXTS = {
    **{NEUTRAL_EXPECTED[kind]: EXPECTED[kind] for kind in EXPECTED},
    **{text._source: text for text in CELL_EXPECTED.values()},
}


def describe_cell(env, problem):
    """One line: the cell, what is wrong there and what is expected."""
    label = FIELD_LABELS.get(problem.field)
    expected = _EXPECTED_TEXTS.get(problem.expected)
    values = {
        "value": problem.value,
        "expected": env._(expected) if expected else problem.expected,
        "field": env._(label) if label else problem.field,
    }
    if problem.column:
        where = f"{problem.column}{problem.row}"
    else:
        where = env._("row %(row)s", row=problem.row)
    # a lazy text takes no arguments in `env._`
    sentence = env._(CELL_SENTENCES[problem.code])
    return f"{where}: {sentence % values}"


def describe_file_error(env, error):
    """Why a file cannot be read and what to do about it."""
    sentence = env._(FILE_SENTENCES[error.code])
    return sentence % error.params
