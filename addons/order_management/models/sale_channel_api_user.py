# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

#: keys end some day: a forgotten one does not open the inbox for ever
KEY_DAYS = 365


class SaleChannel(models.Model):
    """A way of selling; here: the machine that sends its orders over HTTP."""

    _inherit = "sale.channel"

    api_user_id = fields.Many2one(
        "res.users",
        "API User",
        readonly=True,
        copy=False,
        groups="base.group_erp_manager",
        help="Made for this channel: may hand orders to the inbox and nothing else.",
    )
    api_endpoint = fields.Char("Address", compute="_compute_api_example")
    api_example = fields.Text("Example", compute="_compute_api_example")

    @api.depends("company_id", "channel_type")
    def _compute_api_example(self):
        for channel in self:
            endpoint = f"{channel.get_base_url()}/json/2/channel.order/receive"
            channel.api_endpoint = endpoint
            channel.api_example = channel._get_api_example(endpoint)

    def _get_api_example(self, endpoint):
        """A call to copy: an order of the own products where some have a SKU."""
        channel = self._origin
        products = channel._get_test_products() if channel else None
        payload = {"external_id": "…"}
        if products:
            payload = {
                **channel._prepare_test_payload(products),
                "external_id": "1001",
                "number": "1001",
                "customer": {"external_id": "C-1", "name": "Jane Doe"},
                "note": "",
            }
        body = {"channel_id": channel.id or 0, "payloads": [payload]}
        text = json.dumps(body, ensure_ascii=False, indent=2)
        # an apostrophe ends a quoted word of the shell
        text = text.replace("'", "\\u0027")
        return (
            f"curl -X POST {endpoint} \\\n"
            '  -H "Authorization: bearer $API_KEY" \\\n'
            '  -H "Content-Type: application/json" \\\n'
            f"  -d '{text}'"
        )

    def _get_api_users(self):
        """Who may send orders of this channel."""
        self.ensure_one()
        group = self.env.ref("order_management.group_channel")
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def action_make_api_key(self):
        """Make a key, and the user it belongs to where the channel has none.

        :return: the action that shows the key, this once
        :raises AccessError: for everybody but those who may make users
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(
                self.env._(
                    "Making an API user needs the right Administration: Access "
                    "Rights. Ask an administrator to open this channel."
                )
            )
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("“%(channel)s” is archived.", channel=self.name))
        if not self.api_user_id.active:
            self.api_user_id = self._create_api_user()
        # of another user, for longer than groups allow: a machine cannot log in and
        # renew it; who may make users may do this
        keys_sudo = self.env["res.users.apikeys"].with_user(self.api_user_id).sudo()
        expires = fields.Datetime.now() + timedelta(days=KEY_DAYS)
        key = keys_sudo._generate("rpc", self.name, expires)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("API Key Ready"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    def _create_api_user(self):
        """A user with one right, of one company, who cannot log in by password."""
        group = self.env.ref("order_management.group_channel")
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": self.env._("API: %(channel)s", channel=self.name),
                    "login": f"order-hub-channel-{self.id}",
                    "company_id": self.company_id.id,
                    "company_ids": [Command.set(self.company_id.ids)],
                    "group_ids": [Command.set(group.ids)],
                }
            )
        )
