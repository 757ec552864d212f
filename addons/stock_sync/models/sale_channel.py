# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from zoneinfo import available_timezones

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: kinds of adapters that may be chosen, as people call them
KINDS = [
    ("shopee", "Shopee"),
    ("woocommerce", "WooCommerce"),
    ("vendure", "Vendure"),
    ("medusa", "Medusa"),
    ("generic", "Another shop (REST and webhooks)"),
    ("practice", "Practice shop (calls nobody)"),
]


#: what decides whom the suite talks to
_PROTECTED = frozenset(
    (
        "sync_base_url",
        "sync_connected_at",
        "sync_options",
        "sync_sandbox",
        "sync_shop_ref",
        "sync_state",
    )
)


class SaleChannel(models.Model):
    """A way of selling; here: how its shop is reached. Nothing secret."""

    _name = "sale.channel"
    _inherit = ["sale.channel", "mail.thread", "mail.activity.mixin"]

    channel_type = fields.Selection(
        selection_add=KINDS, ondelete={kind: "set null" for kind, _label in KINDS}
    )
    sync_base_url = fields.Char(
        "Shop's Address", copy=False, help="Where the shop answers, with https://."
    )
    sync_shop_ref = fields.Char(
        "Shop's ID", copy=False, help="The channel's own identifier of the shop."
    )
    sync_sandbox = fields.Boolean(
        "Sandbox", help="Talk to the channel's test system instead of the real one."
    )
    sync_allow_private = fields.Boolean(
        "Shop in a Private Network",
        groups="stock_sync.group_connector_admin",
        # managers may copy channels, and not read this
        copy=False,
        help="Allow addresses of this server's own network. Leave it off for shops on "
        "the internet: an address could be made to lead inside.",
    )
    sync_timezone = fields.Selection(
        "_selection_timezone",
        "Time Zone",
        help="The shop's; for business hours and for times without a zone.",
    )
    sync_options = fields.Json("Options", copy=False)
    sync_state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("paused", "Paused"),
            ("lost", "Connection lost"),
        ],
        "Connection",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Paused: nothing is read and nothing is written; webhooks are kept for "
        "later. Lost: the channel refuses the keys, somebody has to log in again.",
    )
    sync_pause_reason = fields.Char("Reason of the Pause", readonly=True, copy=False)
    sync_connected_at = fields.Datetime("Connected Since", readonly=True, copy=False)
    account_ids = fields.One2many(
        "sale.channel.account",
        "channel_id",
        groups="stock_sync.group_connector_admin",
        copy=False,
    )
    is_connectable = fields.Boolean(compute="_compute_is_connectable")

    @api.model
    def _selection_timezone(self):
        return [(name, name) for name in sorted(available_timezones())]

    @api.depends("channel_type")
    def _compute_is_connectable(self):
        kinds = self._get_sync_kinds()
        for channel in self:
            channel.is_connectable = channel.channel_type in kinds

    @api.constrains("sync_options")
    def _check_sync_options(self):
        for channel in self:
            if channel.sync_options and not isinstance(channel.sync_options, dict):
                raise ValidationError(
                    self.env._("The options of a shop are a JSON object.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """A new channel is connected to nothing, unless an administrator says so."""
        if any(vals.get("sync_state", "draft") != "draft" for vals in vals_list):
            self._check_connector_admin()
        return super().create(vals_list)

    def write(self, vals):
        """Settings of a connected shop are the administrator's.

        :raises AccessError: for everybody else
        """
        if _PROTECTED & set(vals):
            self._check_connector_admin()
        if "channel_type" in vals:
            self.filtered(
                lambda channel: (
                    channel.sync_state != "draft"
                    and channel.channel_type != vals["channel_type"]
                )
            )._refuse_other_kind()
        return super().write(vals)

    def _refuse_other_kind(self):
        if self:
            raise UserError(
                self.env._(
                    "“%(channel)s” is connected: it stays what it is. Make another "
                    "channel for the other shop.",
                    channel=self[0].name,
                )
            )

    def _check_connector_admin(self):
        if self.env.su or self.env.user.has_group("stock_sync.group_connector_admin"):
            return
        raise AccessError(
            self.env._(
                "How a shop is connected is changed by those with the right Stock "
                "Sync: Connector Administrator. Ask one of them."
            )
        )

    @api.model
    def _get_company_bound_fields(self):
        """Override of ``order_management``: what is connected stays."""
        return [
            *super()._get_company_bound_fields(),
            ("sale.channel.account", "channel_id"),
            ("channel.intent", "channel_id"),
        ]

    def action_pause(self):
        """Read nothing and write nothing until somebody resumes.

        :raises AccessError: for everybody but managers of the hub
        """
        self.check_access("write")
        running = self.filtered(lambda c: c.sync_state in ("connected", "lost"))
        running._pause(self.env._("Paused by %(user)s", user=self.env.user.name))
        return True

    def _pause(self, reason):
        self.sudo().write({"sync_state": "paused", "sync_pause_reason": reason})
        for channel in self:
            channel._log_sync("state", self.env._("Paused"), reason=reason)

    def action_resume(self):
        """Go on: what happened meanwhile is read from where reading stopped."""
        self.check_access("write")
        paused = self.filtered(lambda channel: channel.sync_state == "paused")
        for channel in paused:
            channel._check_resume_allowed()
        paused.sudo().write({"sync_state": "connected", "sync_pause_reason": False})
        for channel in paused:
            channel._log_sync("state", self.env._("Resumed"))
        paused._poll_soon()
        return True

    def _check_resume_allowed(self):
        """Hook: what has to be in order before a shop goes on.

        :raises UserError: saying what is missing
        """
        if not self.sudo().account_ids:
            raise UserError(
                self.env._(
                    "“%(channel)s” was never connected. Test its connection first.",
                    channel=self.name,
                )
            )

    def _set_lost(self, reason):
        """The channel refuses our keys: stop, and tell an administrator."""
        connected = self.filtered(lambda channel: channel.sync_state == "connected")
        connected.sudo().sync_state = "lost"
        connected.sudo().account_ids.filtered(lambda one: one.state != "lost").write(
            {"state": "lost"}
        )
        for channel in connected:
            channel._log_sync(
                "state", self.env._("Connection lost"), state="error", reason=reason
            )
            channel._warn("lost", reason)
