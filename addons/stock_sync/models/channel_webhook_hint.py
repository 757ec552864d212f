# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

#: after so many tries a person has to look
MAX_ATTEMPTS = 8
_KEEP_DAYS = 14


class ChannelWebhookHint(models.Model):
    """One webhook: something to read again at the shop, nothing to believe.

    The bytes that came are kept until it is done.
    """

    _name = "channel.webhook.hint"
    _inherit = "channel.shop.mixin"
    _description = "Webhook"
    _order = "id desc"

    topic = fields.Selection(
        [
            ("order", "Order"),
            ("return", "Return"),
            ("listing", "Listing"),
            ("stock", "Stock"),
            ("settlement", "Settlement"),
            ("token", "Log-in"),
            ("ping", "Ping"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    external_id = fields.Char("External ID", readonly=True)
    event_id = fields.Char(readonly=True)
    body = fields.Text("Message", readonly=True)
    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [("new", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="new",
    )
    attempts = fields.Integer(readonly=True)
    next_at = fields.Datetime("Next Try", readonly=True)
    error = fields.Text(readonly=True)

    _event_uniq = models.UniqueIndex(
        "(channel_id, event_id) WHERE event_id IS NOT NULL",
        "This webhook has arrived already.",
    )
    _waiting_idx = models.Index("(channel_id, next_at) WHERE state = 'new'")

    @api.depends("topic", "external_id")
    def _compute_display_name(self):
        labels = dict(self._fields["topic"]._description_selection(self.env))
        for hint in self:
            label = labels.get(hint.topic, "")
            hint.display_name = f"{label} {hint.external_id or ''}".strip()

    def action_replay(self):
        """Read again what these webhooks were about."""
        self.check_access("read")
        self.env["sale.channel"]._check_manager()
        hints_sudo = self.sudo()
        hints_sudo.write({"state": "new", "attempts": 0, "next_at": False})
        for channel in hints_sudo.channel_id:
            channel._enqueue_hints(again=True)
        return True

    def _note_done(self):
        # what people wrote is not kept longer than needed
        self.write({"state": "done", "error": False, "body": False})

    def _note_failure(self, text, retry_after=None):
        """Try again later, or give up and let a person see it."""
        now = fields.Datetime.now()
        for attempts, hints in self.grouped("attempts").items():
            wait = max(15 * 2 ** min(attempts, 8), retry_after or 0)
            given_up = attempts + 1 >= MAX_ATTEMPTS
            hints.write(
                {
                    "attempts": attempts + 1,
                    "error": text,
                    "next_at": now + timedelta(seconds=wait),
                    "state": "failed" if given_up else "new",
                }
            )

    @api.model
    def _cron_forget(self):
        """Forget what is done; what failed stays until somebody looked."""
        limit = fields.Datetime.now() - timedelta(days=_KEEP_DAYS)
        self.search(
            [("state", "=", "done"), ("received_at", "<", limit)], limit=100000
        ).unlink()
