# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class MailActivity(models.Model):
    """An activity; here: which worry about a shop it is."""

    _inherit = "mail.activity"

    sync_kind = fields.Char(readonly=True)
