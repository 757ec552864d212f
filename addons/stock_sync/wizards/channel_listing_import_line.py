# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelListingImportLine(models.TransientModel):
    """A row of the spreadsheet that was not taken, and why."""

    _name = "channel.listing.import.line"
    _description = "Row Not Taken"

    import_id = fields.Many2one(
        "channel.listing.import", required=True, ondelete="cascade"
    )
    row_number = fields.Integer("Row")
    name = fields.Char("Listing")
    message = fields.Char("What Is Wrong")
