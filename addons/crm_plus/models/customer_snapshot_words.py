# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..listing import list_sentences


class CustomerSnapshot(models.Model):
    """Why a customer is at risk, in words."""

    _inherit = "customer.snapshot"

    @api.depends("churn_reason")
    @api.depends_context("lang")
    def _compute_churn_words(self):
        for snapshot in self:
            reasons = snapshot._get_churn_reason_texts()
            snapshot.churn_words = list_sentences(self.env, reasons)

    def _get_churn_reason_texts(self):
        """The reasons as sentences in the user's language.

        :return: list of strings; codes that nobody can put into words are left out
        """
        self.ensure_one()
        texts = (self._get_churn_reason_text(row) for row in self.churn_reason or [])
        return [text for text in texts if text]

    def _get_churn_reason_text(self, reason):
        """Hook: one reason ``{"code": code, figures...}`` in words, or False."""
        writer = {
            "silent": self._describe_silence,
            "once": self._describe_one_purchase,
            "spend_down": self._describe_spending,
            "returns": self._describe_returns,
            "overdue": self._describe_overdue,
        }.get(reason.get("code"))
        return writer(reason) if writer else False

    def _describe_silence(self, reason):
        return self.env._(
            "Usually buys every %(interval)s days, silent for %(days)s",
            interval=round(reason["interval"]),
            days=reason["days"],
        )

    def _describe_one_purchase(self, reason):
        return self.env._("Bought once, %(days)s days ago", days=reason["days"])

    def _describe_spending(self, reason):
        return self.env._(
            "Spent %(percent)s %% less in the last 180 days than in those before",
            percent=reason["percent"],
        )

    def _describe_returns(self, reason):
        return self.env._(
            "%(percent)s %% of the value of the last 365 days came back",
            percent=reason["percent"],
        )

    def _describe_overdue(self, reason):
        amount = self.currency_id.format(reason["amount"])
        return self.env._("%(amount)s are overdue", amount=amount)
