# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

_ADMIN = "stock_sync.group_connector_admin"
#: what a connection may need; a kind that is not known is asked for all of it
_ASKED = ("address", "key", "secret", "token", "webhook_secret")


class SaleChannelSetup(models.TransientModel):
    """The guided set-up; here: which keys a kind of shop needs, and where they are."""

    _inherit = "sale.channel.setup"

    sync_allow_private = fields.Boolean(
        related="channel_id.sync_allow_private", readonly=False, groups=_ADMIN
    )
    key_guide = fields.Text("Where the Keys Are", compute="_compute_key_guide")
    asks_address = fields.Boolean(compute="_compute_key_guide")
    asks_key = fields.Boolean(compute="_compute_key_guide")
    asks_secret = fields.Boolean(compute="_compute_key_guide")
    asks_token = fields.Boolean(compute="_compute_key_guide")
    asks_webhook_secret = fields.Boolean(compute="_compute_key_guide")

    @api.depends("channel_type")
    @api.depends_context("lang")
    def _compute_key_guide(self):
        guides = self._get_key_guides()
        for setup in self:
            asked, text = guides.get(setup.channel_type, (_ASKED, False))
            setup.key_guide = text
            for name in _ASKED:
                setup[f"asks_{name}"] = name in asked

    @api.model
    def _get_key_guides(self):
        """``{channel type: (what to enter, where to find it)}``; addons add theirs."""
        all_three = ("address", "key", "secret", "webhook_secret")
        return {
            "shopee": (
                ("key", "secret"),
                self.env._(
                    "Key and Secret are the partner ID and partner key of your app on "
                    "Shopee Open Platform. Enter the webhook address there as the push "
                    "address, then log in at the channel as the shop's seller."
                ),
            ),
            "woocommerce": (
                ("address", "key", "secret"),
                self.env._(
                    "In WordPress: WooCommerce > Settings > Advanced > REST API > Add "
                    "key, with the permission Read/Write. Key is the consumer key "
                    "(ck_…), Secret the consumer secret (cs_…). Webhooks are set up "
                    "there by themselves."
                ),
            ),
            "vendure": (
                all_three,
                self.env._(
                    "Key is an API key of an administrator who may read orders and "
                    "change stock; or enter the administrator's name as Key and the "
                    "password as Secret. The shop sends webhooks with a small plug-in: "
                    "give it the webhook address and any long text as webhook secret."
                ),
            ),
            "medusa": (
                all_three,
                self.env._(
                    "Key is a secret API key (sk_…) of Settings > Secret API Keys; or "
                    "enter a user's e-mail as Key and the password as Secret. The shop "
                    "sends webhooks with a small subscriber: give it the webhook "
                    "address and any long text as webhook secret."
                ),
            ),
            "generic": (
                all_three,
                self.env._(
                    "Key is what the shop takes as bearer token. Webhooks are signed "
                    "with the webhook secret: any long text, entered here and there."
                ),
            ),
            "practice": (
                (),
                self.env._("Any text will do as the shop's ID: nobody is called."),
            ),
        }
