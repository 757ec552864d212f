# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Amounts of money in words, as they stand on invoices.

Plain Python: no Odoo, no database. Numbers of most languages come from `num2words`,
Chinese financial capitals from `cn2an`; what they lack (Vietnamese, the names of
currencies with their plurals and genders) is here.
"""

from .amounts import LANGUAGES, amount_in_words

__all__ = ["LANGUAGES", "amount_in_words"]
