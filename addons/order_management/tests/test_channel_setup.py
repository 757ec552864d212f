# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .setup_common import SetupCommon
from .upload_common import UploadCommon


@tagged("post_install", "-at_install", "meets_others")
class TestChannelSetup(SetupCommon):
    """X-3: a channel by questions, from the first to the test order."""

    def test_from_questions_to_test_order(self):
        with Form(self.env["sale.channel.setup"].with_user(self.manager)) as form:
            form.name = "Guided"
            form.channel_type = "api"
        setup = form.record
        self.assertEqual(setup.payload_retention_days, 180)
        for step in ("orders", "money"):
            setup.action_next()
            self.assertEqual(setup.step, step)
            self.assertFalse(setup.channel_id, "nothing is made before all is asked")
        setup.write({"warehouse_id": self.warehouse.id, "approval_mode": "explicit"})
        setup.action_next()
        channel = setup.channel_id
        self.assertEqual((channel.name, channel.channel_type), ("Guided", "api"))
        self.assertEqual(channel.company_id, self.company)
        self.assertEqual(channel.warehouse_id, self.warehouse)
        self.assertEqual(channel.approval_mode, "explicit")
        self.assertIn("/json/2/channel.order/receive", setup.api_endpoint)
        self.assertIn(f'"channel_id": {channel.id}', setup.api_example)
        setup.action_next()
        setup.product_ids = self.products
        setup.action_send_test()
        self.assertEqual(setup.test_state, "imported", setup.test_row_id.error)
        self.assertIn("o_setup_ok", setup.result_html)
        setup.action_remove_test()
        self.assertEqual(setup.test_state, "ignored")
        action = setup.action_finish()
        self.assertEqual(action["res_id"], channel.id)

    def test_back_and_on_changes_the_same_channel(self):
        setup = self._wizard(channel_type="file", step="money")
        setup.action_next()
        channel = setup.channel_id
        for step in ("money", "orders", "kind", "kind"):
            setup.action_back()
            self.assertEqual(setup.step, step)
        setup.name = "Renamed"
        setup.action_next()
        self.assertEqual(channel.name, "Renamed")
        self.assertEqual(
            self.env["sale.channel"].search_count([("name", "=", "New shop")]), 0
        )

    def test_an_existing_channel_is_asked_again(self):
        self.channel.write({"channel_type": "email", "payload_retention_days": 30})
        action = self.mine.action_setup()
        setup = self.env["sale.channel.setup"].browse(action["res_id"])
        self.assertEqual(setup.payload_retention_days, 30)
        self.assertEqual(setup.channel_type, "email")
        setup.write({"alias_name": "orders.setup", "mail_senders": "@shop.example"})
        setup.with_user(self.manager).action_finish()
        self.assertEqual(self.channel.alias_name, "orders.setup")
        self.assertEqual(self.channel.mail_senders, "@shop.example")
        row = self.mine._send_test_order(self.products)
        setup = self.env["sale.channel.setup"].browse(self.mine.action_test()["res_id"])
        self.assertEqual((setup.step, setup.test_row_id), ("test", row))

    def test_checks_say_what_is_missing(self):
        def check(name):
            checks = self.mine._get_setup_checks()
            [one] = [one for one in checks if one["name"] == name]
            return one["state"], one["text"]

        self.channel.channel_type = "api"
        self.assertEqual(check("source")[0], "missing")
        user = self._create_user("channel")
        self.assertIn(user.name, check("source")[1])
        self.assertEqual(check("source")[0], "missing")
        self.channel.channel_type = "email"
        self.assertEqual(check("source")[0], "missing")
        self.channel.channel_type = "manual"
        self.assertEqual(check("source")[0], "ok")
        self.assertEqual(check("warehouse")[0], "ok")
        self.channel.tax_policy = "channel"
        self.assertEqual(check("taxes")[0], "missing")
        self.channel.payload_retention_days = 0
        self.assertEqual(check("retention")[0], "warning")
        self.channel.approval_mode = "explicit"
        self.assertEqual(check("approval")[0], "ok")

    def test_bad_answers(self):
        with self.assertRaisesRegex(UserError, "Give the channel a name"):
            self._wizard(name="  ").action_next()
        with self.assertRaisesRegex(UserError, "Choose how orders come in"):
            self._wizard(channel_type=False).action_next()
        with self.assertRaisesRegex(UserError, "less than zero"):
            self._wizard(payload_retention_days=-1).action_next()
        with self.assertRaises(UserError):
            other = self._get_warehouse(self.other_company)
            self._wizard(warehouse_id=other.id)
        self.assertFalse(self.env["sale.channel"].search([("name", "=", "New shop")]))

    def test_another_company_clears_what_was_of_the_first(self):
        self.manager.company_ids = self.company | self.other_company
        wizard = self.env["sale.channel.setup"].with_user(self.manager)
        wizard = wizard.with_context(
            allowed_company_ids=(self.company | self.other_company).ids
        )
        setup = wizard.new(
            {
                "name": "X",
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )
        setup.company_id = self.other_company
        setup._onchange_company_id()
        self.assertFalse(setup.warehouse_id)

    def test_api_key(self):
        """Its user may hand over orders and nothing else; few may make it."""
        self.channel.channel_type = "api"
        with self.assertRaises(AccessError):
            self.mine.action_make_api_key()
        self.manager.group_ids += self.env.ref("base.group_erp_manager")
        key = self.mine.action_make_api_key()["context"]["default_key"]
        user = self.channel.api_user_id
        self.assertEqual(user.group_ids, self.env.ref("order_management.group_channel"))
        self.assertEqual(user.company_ids, self.company)
        keys = self.env["res.users.apikeys"]
        self.assertEqual(keys._check_credentials(scope="rpc", key=key), user.id)
        self.assertTrue(user.api_key_ids.expiration_date)
        self.mine.action_make_api_key()
        self.assertEqual(self.channel.api_user_id, user, "a second key, the same user")
        checks = self._states(self.mine._get_setup_checks())
        self.assertEqual(checks["source"], "ok")
        inbox = self.env["channel.order"].with_user(user)
        payload = self.channel._prepare_test_payload(self.products)
        self.assertEqual(
            inbox.receive(self.channel.id, [payload])[0]["state"], "received"
        )


@tagged("post_install", "-at_install")
class TestSample(UploadCommon, HttpCase):
    """OM-2: the sample of the own products is a file that can be uploaded."""

    def test_sample_is_imported_as_it_is(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        response = self.url_open(f"/order_management/upload_sample/{self.channel.id}")
        self.assertEqual(response.status_code, 200)
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        self.assertGreater(sheet.max_row, 2)
        upload = self._upload(response.content, "sample.xlsx")
        self.assertEqual(upload.state, "mapped", upload.problem)

    @mute_logger("odoo.http")
    def test_neighbours_get_none(self):
        self.authenticate(self.clerk.login, self.clerk.login)
        url = f"/order_management/upload_sample/{self.other_channel.id}"
        self.assertEqual(self.url_open(url).status_code, 403)
