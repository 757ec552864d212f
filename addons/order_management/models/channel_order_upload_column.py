# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.spreadsheet_text import FIELD_LABELS


class ChannelOrderUploadColumn(models.Model):
    """One column of an uploaded file and what it means."""

    _name = "channel.order.upload.column"
    _description = "Column of an Order File"
    _order = "upload_id, position"
    _rec_name = "title"

    upload_id = fields.Many2one(
        "channel.order.upload", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="upload_id.company_id", store=True, precompute=True, index=True
    )
    position = fields.Integer(readonly=True, help="From 0.")
    letter = fields.Char("Column", readonly=True)
    title = fields.Char(readonly=True)
    sample = fields.Char("For Example", readonly=True)
    field_name = fields.Selection("_selection_field_name", "Means")

    _upload_position_uniq = models.UniqueIndex("(upload_id, position)")

    @api.model
    def _selection_field_name(self):
        return [(name, self.env._(label)) for name, label in FIELD_LABELS.items()]

    def write(self, vals):
        """Change what columns mean; the preview follows.

        :raises UserError: when the file is being imported, or was
        """
        if "field_name" not in vals:
            return super().write(vals)
        self.upload_id._check_changeable()
        result = super().write(vals)
        self.upload_id._check_mapping()
        return result
