# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailingTrace(models.Model):
    """Traces are looked for by whom they were sent to, among millions of others."""

    _inherit = "mailing.trace"

    _customer_record_idx = models.Index("(model, res_id)")
    _customer_email_idx = models.Index("(email) WHERE email IS NOT NULL")
