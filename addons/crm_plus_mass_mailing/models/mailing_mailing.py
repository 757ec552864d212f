# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """Mailings to the customers of segments, and their contacts."""

    _inherit = "mailing.mailing"

    segment_ids = fields.Many2many(
        "customer.segment",
        string="Customer Segments",
        # without its segment a mailing would go to everybody
        ondelete="restrict",
        help="Only customers who are in one of these when the mailing is sent, and"
        " their contacts. Those who do not want mail get none, as ever.",
    )

    def _get_recipients_domain(self):
        """Segments narrow what the other conditions leave."""
        domain = super()._get_recipients_domain()
        # one that is archived, or that the user may not read, narrows, too: without it
        # everybody would get the mail
        segments = self.sudo().with_context(active_test=False).segment_ids
        if segments and self.mailing_model_real == "res.partner":
            domain &= self._get_segment_domain(segments)
        return domain

    def _get_segment_domain(self, segments):
        """Who is in: in the company of the responsible, also when a cron sends."""
        # whoever sends mail need not be in sales to name a segment
        company = self.user_id.sudo().company_id or self.env.company
        partners = self.env["res.partner"].sudo()
        partners = partners.with_context(allowed_company_ids=company.ids)
        return partners._get_segment_domain(Domain("id", "in", segments.ids))
