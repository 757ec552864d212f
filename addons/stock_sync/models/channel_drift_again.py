# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelDriftLine(models.Model):
    """A difference; here: the last comparison counts."""

    _inherit = "channel.drift.line"

    state = fields.Selection(
        selection_add=[("again", "Compared again")], ondelete={"again": "set default"}
    )


class ChannelDriftCheck(models.Model):
    """A comparison; here: it makes those before it old."""

    _inherit = "channel.drift.check"

    def _finish(self, gone):
        """Override: what is different still is told by this check alone.

        Otherwise a difference that is left for a week is listed seven times.
        """
        result = super()._finish(gone)
        if self:
            self.env["channel.drift.line"].search(
                [
                    ("channel_id", "=", self.channel_id.id),
                    ("check_id", "<", self.id),
                    ("state", "=", "open"),
                ]
            ).write({"state": "again"})
        return result
