# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.sale_channel import KINDS

_ADMIN = "stock_sync.group_connector_admin"


class SaleChannelSetup(models.TransientModel):
    """The guided set-up; here: connecting a shop.

    What is entered goes to the channel and its account at once: no secret is stored
    with the questions.
    """

    _inherit = "sale.channel.setup"

    is_connectable = fields.Boolean(compute="_compute_is_connectable")
    has_login = fields.Boolean(compute="_compute_is_connectable")
    has_sandbox = fields.Boolean(compute="_compute_is_connectable")
    sync_state = fields.Selection(related="channel_id.sync_state")
    sync_base_url = fields.Char(
        related="channel_id.sync_base_url", readonly=False, groups=_ADMIN
    )
    sync_shop_ref = fields.Char(
        related="channel_id.sync_shop_ref", readonly=False, groups=_ADMIN
    )
    sync_sandbox = fields.Boolean(
        related="channel_id.sync_sandbox", readonly=False, groups=_ADMIN
    )
    sync_account_id = fields.Many2one(
        "sale.channel.account", compute="_compute_sync_account_id", groups=_ADMIN
    )
    app_key = fields.Char(
        related="sync_account_id.app_key", readonly=False, groups=_ADMIN
    )
    app_secret_input = fields.Char(
        related="sync_account_id.app_secret_input", readonly=False, groups=_ADMIN
    )
    access_token_input = fields.Char(
        related="sync_account_id.access_token_input", readonly=False, groups=_ADMIN
    )
    webhook_secret_input = fields.Char(
        related="sync_account_id.webhook_secret_input", readonly=False, groups=_ADMIN
    )
    stored = fields.Char(related="sync_account_id.stored", groups=_ADMIN)
    webhook_url = fields.Char(
        "Webhook Address", compute="_compute_webhook_url", groups=_ADMIN
    )
    sync_result = fields.Text("Answer of the Shop", readonly=True)
    sync_result_kind = fields.Char(readonly=True)
    capabilities_html = fields.Html(related="channel_id.capabilities_html")

    @api.depends("channel_type")
    def _compute_is_connectable(self):
        kinds = self.env["sale.channel"]._get_sync_kinds()
        for setup in self:
            kind = kinds.get(setup.channel_type)
            setup.is_connectable = bool(kind)
            setup.has_login = bool(kind) and kind.capabilities.auth == "oauth"
            setup.has_sandbox = bool(kind) and kind.capabilities.sandbox

    @api.depends("channel_id", "channel_type")
    def _compute_sync_account_id(self):
        for setup in self:
            account = False
            if setup.channel_id and setup.is_connectable:
                account = setup.channel_id.sudo()._get_account().sudo(False)
            setup.sync_account_id = account

    @api.depends("channel_id")
    def _compute_webhook_url(self):
        for setup in self:
            setup.webhook_url = (
                setup.channel_id.sudo()._get_webhook_url()
                if setup.channel_id and setup.is_connectable
                else False
            )

    @api.model
    def _selection_channel_type(self):
        """Override of ``order_management``: no shop that nothing can talk to."""
        spoken = self.env["sale.channel"]._get_sync_kinds()
        shops = dict(KINDS)
        return [
            (kind, label)
            for kind, label in super()._selection_channel_type()
            if kind in spoken or kind not in shops
        ]

    @api.model
    def _get_kind_hints(self):
        """Override of ``order_management``: what the connectors are."""
        hints = super()._get_kind_hints()
        text = self.env._(
            "Orders come in by themselves and the shop's stock follows yours. You need "
            "the shop's address and its keys, or a seller's log-in."
        )
        kinds = self.env["sale.channel"]._get_sync_kinds()
        return {**hints, **dict.fromkeys(kinds, text)}

    def action_test_connection(self):
        """Ask the shop who it is and show its exact answer."""
        self.ensure_one()
        if not self.channel_id:
            raise UserError(self.env._("Answer the questions before this one first."))
        self.channel_id._check_connector_admin()
        text, kind = self.channel_id._test_connection()
        self.write({"sync_result": text, "sync_result_kind": kind})
        return False

    def action_login(self):
        """Log in at the channel; it leads back to the channel's screen."""
        return self.channel_id.action_login()
