# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools.misc import formatLang


class ExpenseBudgetLine(models.Model):
    """A budget line; here: what is left of it, told while somebody types a document."""

    _inherit = "expense.budget.line"

    @api.model
    def _get_spending_hint(self, company, direct, requests):
        """What the budgets have left for what is about to be spent, in words.

        A hint only: entries are held to the budgets when they are posted.

        :param direct: ``{(centre id, type id, date): amount}`` without a request
        :param requests: ``{sales.expense: amount}``
        :return: ``(text, whether it is more than there is)``
        """
        # sudo: figures of what the reader's own document names
        lines_sudo = self.sudo()
        found = [
            lines_sudo._get_cell_hint(company, direct),
            lines_sudo._get_request_hint(requests),
        ]
        texts = [text for texts, _is_over in found for text in texts]
        return "\n".join(texts), any(is_over for _texts, is_over in found)

    @api.model
    def _get_cell_hint(self, company, direct):
        """``(texts, whether one asks too much)`` of amounts without a request."""
        currency = company.currency_id
        found = self._get_available(company, direct)
        asked = {}
        for cell, row in found.items():
            asked.setdefault((row["id"], row["available"]), 0.0)
            asked[row["id"], row["available"]] += direct[cell]
        texts, is_over = [], False
        for (line_id, available), amount in asked.items():
            is_over |= currency.compare_amounts(amount, available) > 0
            texts.append(
                self.env._(
                    "%(line)s: %(asked)s here, %(available)s available.",
                    line=self.browse(line_id).display_name,
                    asked=formatLang(self.env, amount, currency_obj=currency),
                    available=formatLang(self.env, available, currency_obj=currency),
                )
            )
        return texts, is_over

    @api.model
    def _get_request_hint(self, requests):
        """``(texts, whether one asks too much)`` of amounts on requests.

        What is more than the request has open takes from the budget of its last month.
        """
        texts, is_over = [], False
        for expense, amount in requests.items():
            currency = expense.company_currency_id
            more = amount - expense.open_amount
            last = expense.line_ids.sorted(lambda line: (line.date, line.id))[-1:]
            if last.budget_line_id and currency.compare_amounts(more, 0) > 0:
                available = last.budget_line_id.available_amount
                is_over |= currency.compare_amounts(more, available) > 0
            texts.append(
                self.env._(
                    "%(request)s: %(asked)s here, %(open)s approved and not spent yet.",
                    request=expense.display_name,
                    asked=formatLang(self.env, amount, currency_obj=currency),
                    open=formatLang(
                        self.env, expense.open_amount, currency_obj=currency
                    ),
                )
            )
        return texts, is_over
