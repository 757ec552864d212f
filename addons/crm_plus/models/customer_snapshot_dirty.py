# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CustomerSnapshotDirty(models.Model):
    """A contact of which something has changed: rows are only added and taken away.

    No session ever updates a row, so nobody waits for anybody.
    """

    _name = "customer.snapshot.dirty"
    _description = "Customer to Be Computed"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
