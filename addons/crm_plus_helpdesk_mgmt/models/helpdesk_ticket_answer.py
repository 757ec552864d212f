# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models, tools

#: automatic answers to one address within a day
_ANSWERS_A_DAY = 5


class HelpdeskTicket(models.Model):
    """The answer a customer gets before anybody has read the question."""

    _inherit = "helpdesk.ticket"

    auto_answered_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _get_suggested_articles(self, text, lang):
        """Articles that may answer ``text``: ``[{"title": ..., "url": ...}]``.

        A hook for the bridge to a knowledge base; here there is none.
        """
        return []

    def _get_answer_address(self):
        """Where the customer reads: ``(contact, address without a contact)``."""
        self.ensure_one()
        if self.partner_id.email:
            return self.partner_id, False
        email = tools.email_normalize(self.partner_email or "", strict=False)
        return self.env["res.partner"], email

    def _may_answer_automatically(self):
        """Whether it is safe: an address, no loop, not too often."""
        self.ensure_one()
        partner, email = self._get_answer_address()
        address = tools.email_normalize(partner.email or email or "", strict=False)
        if not self.team_id.auto_answer or not address or self.auto_answered_at:
            return False
        if self.env["mail.alias.domain"].sudo()._find_aliases([address]):
            return False  # we would be answering ourselves
        since = fields.Datetime.now() - timedelta(days=1)
        answered = self.sudo().search_count(
            [
                ("auto_answered_at", ">=", since),
                "|",
                ("partner_email", "ilike", address),
                ("partner_id.email", "ilike", address),
            ],
            limit=_ANSWERS_A_DAY,
        )
        return answered < _ANSWERS_A_DAY

    def _send_first_answer(self):
        """Tell each customer that the request is here, and what may help at once."""
        for ticket in self.sudo():
            if ticket._may_answer_automatically():
                ticket.auto_answered_at = fields.Datetime.now()
                ticket._post_first_answer()

    def _post_first_answer(self):
        partner, email = self._get_answer_address()
        lang = partner.lang or self.env.lang
        ticket = self.with_context(lang=lang)
        text = f"{self.name} {tools.html2plaintext(self.description or '')}"
        body = ticket.env["ir.qweb"]._render(
            "crm_plus_helpdesk_mgmt.first_answer",
            {
                "ticket": ticket,
                "articles": ticket._get_suggested_articles(text, lang),
                "base_url": ticket.get_base_url(),
            },
            minimal_qcontext=True,
        )
        ticket.message_post(
            body=body,
            subject=ticket.env._(
                "[%(number)s] %(title)s", number=self.number, title=self.name
            ),
            message_type="auto_comment",
            author_id=self.env.ref("base.partner_root").id,
            email_from=self.company_id.email_formatted,
            partner_ids=partner.ids,
            outgoing_email_to=email,
            # so that no robot answers this one
            mail_headers={
                "Auto-Submitted": "auto-replied",
                "X-Auto-Response-Suppress": "All",
            },
        )
