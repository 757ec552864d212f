# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """Rules of hygiene and consent of a company."""

    _inherit = "res.company"

    customer_merge_automatic = fields.Boolean(
        "Merge Sure Duplicates Automatically",
        help="Every night, where at least two strong keys (phone, e-mail, tax ID,"
        " external ID) are the same. All others wait in the queue.",
    )
    customer_merge_undo_days = fields.Integer(
        "Days to Undo a Merge",
        default=30,
        help="After these days the archived duplicate is deleted.",
    )
    customer_consent_required = fields.Boolean(
        "Contact Only With Consent",
        help="Off: everybody may be contacted who did not object. On: only who"
        " consented for the channel.",
    )

    _customer_merge_undo_days_check = models.Constraint(
        "CHECK (customer_merge_undo_days >= 0)",
        "The days to undo a merge cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    """The same in the settings."""

    _inherit = "res.config.settings"

    customer_merge_automatic = fields.Boolean(
        related="company_id.customer_merge_automatic", readonly=False
    )
    customer_merge_undo_days = fields.Integer(
        related="company_id.customer_merge_undo_days", readonly=False
    )
    customer_consent_required = fields.Boolean(
        related="company_id.customer_consent_required", readonly=False
    )
