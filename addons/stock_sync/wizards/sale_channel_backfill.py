# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChannelBackfill(models.TransientModel):
    """Read orders of a shop that changed in a stretch of days, again or first."""

    _name = "sale.channel.backfill"
    _description = "Read Earlier Orders"

    channel_id = fields.Many2one("sale.channel", required=True, readonly=True)
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.today() - timedelta(30)
    )
    date_to = fields.Date("To", required=True, default=lambda self: fields.Date.today())
    cursor_id = fields.Many2one("channel.sync.cursor", compute="_compute_cursor_id")
    running_since = fields.Datetime(related="cursor_id.backfill_since", string="At")
    running_until = fields.Datetime(related="cursor_id.backfill_until", string="Up To")
    read_count = fields.Integer(related="cursor_id.read_count", string="Orders Read")
    error = fields.Text(related="cursor_id.error")

    @api.depends("channel_id")
    def _compute_cursor_id(self):
        for wizard in self:
            wizard.cursor_id = wizard.channel_id.sudo().cursor_ids.filtered(
                lambda cursor: cursor.topic == "orders"
            )

    def action_start(self):
        """Begin; orders that are here already are compared and stay as they are.

        :raises UserError: when the stretch or the channel makes no sense
        """
        self.ensure_one()
        channel = self.channel_id
        channel.check_access("write")
        if self.date_from > self.date_to:
            raise UserError(self.env._("The first day comes before the last one."))
        if channel.sync_state != "connected":
            raise UserError(
                self.env._(
                    "“%(channel)s” is not connected: connect or resume it first.",
                    channel=channel.name,
                )
            )
        if not channel._get_capabilities().changes_since:
            raise UserError(
                self.env._(
                    "This channel cannot be asked for a stretch of days: it always "
                    "gives every open order."
                )
            )
        now = fields.Datetime.now()
        until = fields.Datetime.to_datetime(self.date_to) + timedelta(days=1)
        channel.sudo()._start_backfill(
            fields.Datetime.to_datetime(self.date_from), min(until, now)
        )
        channel._log_sync(
            "orders",
            self.env._("Backfill begun"),
            direction="in",
            reason=f"{self.date_from} – {self.date_to}",
        )
        return self._reopen()

    def action_refresh(self):
        """See how far it is."""
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self._description,
        }
