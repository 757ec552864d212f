# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..amount_words import amount_in_words


class AccountMove(models.Model):
    """An invoice whose total is written in the words of the customer's language."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    # the language is the one the document is printed in
    @api.depends_context("lang")
    @api.depends("amount_total", "currency_id")
    def _compute_amount_total_words(self):
        """Override: the six currencies of our channels, in four languages.

        What has no words there stays Odoo's own (any language that num2words knows,
        else English).
        """
        language = self.env.lang or "en_US"
        left = self.browse()
        for move in self:
            currency = move.currency_id
            amount = f"{move.amount_total:.{currency.decimal_places}f}"
            words = amount_in_words(
                amount, currency.name or "", language, self._get_unit_names(currency)
            )
            if words:
                move.amount_total_words = words
            else:
                left |= move
        return super(AccountMove, left)._compute_amount_total_words()

    def _get_unit_names(self, currency):
        """(unit, hundredth) as the currency is labelled; none where it has thousandths
        or no label."""
        if currency.decimal_places > 2 or not currency.currency_unit_label:
            return None
        small = currency.currency_subunit_label if currency.decimal_places else ""
        return currency.currency_unit_label, small or ""
