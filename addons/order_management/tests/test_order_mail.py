# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from email.message import EmailMessage

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .upload_common import UploadCommon

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@tagged("post_install", "-at_install")
class TestOrderMail(UploadCommon):
    """OM-2: orders by mail; every other mail reaches a person, none is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "hub.example"})
        cls.company.alias_domain_id = domain
        cls.keeper = cls._create_user("reviewer")
        cls.channel.write(
            {
                "alias_name": "shop-orders",
                "alias_domain_id": domain.id,
                "mail_senders": "Orders@shop.example\n@dealer.example",
                "upload_user_id": cls.keeper.id,
            }
        )

    def _prepare_mail(self, *files, sender="orders@shop.example", **headers):
        """Raw RFC 5322 mail; ``files`` are (name, type, content)."""
        message = EmailMessage()
        message["From"] = f"Shop <{sender}>"
        message["To"] = "shop-orders@hub.example"
        message["Subject"] = "Orders of today"
        message["Message-Id"] = headers.pop("message_id", "<m1@shop.example>")
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("Please find our orders.")
        for name, (main, sub), content in files:
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return message.as_bytes()

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _send(self, *files, read=True, **values):
        mails = self.env["channel.order.mail"]
        before = mails.search([])
        raw = self._prepare_mail(*files, **values)
        self.env["mail.thread"].message_process(False, raw)
        mail = mails.search([]) - before
        if read:
            mail._job_read()
        return mail

    def _csv(self, *rows, name="orders.csv"):
        return (name, ("text", "csv"), self._prepare_csv(*rows))

    def _json(self, *orders):
        return ("o.json", ("application", "json"), json.dumps(orders).encode())

    def _learn(self):
        """The channel's first file, mapped by a person."""
        self._import_upload(self._prepare_csv(self._prepare_row("U0")))

    def assertWaits(self, mail, words):
        self.assertEqual(mail.state, "attention")
        self.assertIn(words, mail.problem)
        self.assertEqual(mail.activity_ids.user_id, self.keeper)
        message = mail.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("Please find our orders.", message.body)

    def test_csv_by_remembered_mapping(self):
        self._learn()
        mail = self._send(self._csv(self._prepare_row("M1")))
        self.assertEqual((mail.state, mail.channel_id), ("done", self.channel))
        upload = mail.upload_ids
        self.assertEqual((upload.state, upload.user_id), ("importing", self.keeper))
        upload._job_import()
        self.assertEqual((upload.state, upload.order_count), ("done", 1))
        self.assertEqual(upload.inbox_ids.external_id, "M1")
        self.assertEqual(mail.state, "done")
        self.assertFalse(mail.activity_ids)

    def test_xlsx_and_domain_of_sender(self):
        self._learn()
        content = self._prepare_xlsx(self._prepare_row("M2"))
        mail = self._send(("o.xlsx", XLSX, content), sender="hoa@dealer.example")
        mail.upload_ids._job_import()
        self.assertEqual(mail.upload_ids.inbox_ids.external_id, "M2")

    def test_first_file_needs_a_person(self):
        mail = self._send(self._csv())
        self.assertWaits(mail, "not those of the channel's last file")
        upload = mail.upload_ids.with_user(self.keeper)
        self.assertEqual(upload.state, "mapped")
        upload.action_import()
        upload._job_import()
        self.assertEqual(upload.state, "done")

    def test_refused_rows_need_a_person(self):
        self._learn()
        mail = self._send(self._csv(self._prepare_row("M3", quantity="none")))
        self.assertEqual(mail.state, "done")
        mail.upload_ids._job_import()
        self.assertWaits(mail, "1 rows of “orders.csv” were refused")

    def test_json(self):
        mail = self._send(self._json(self._prepare_order("J1")))
        self.assertEqual(mail.state, "done", mail.problem)
        row = self.inbox.search([("external_id", "=", "J1")])
        self.assertEqual((row.channel_id, row.state), (self.channel, "received"))

    def test_json_with_errors(self):
        """Orders nobody can name are kept in the inbox, and somebody hears of it."""
        mail = self._send(self._json({"number": "?"}, self._prepare_order("J2")))
        self.assertWaits(mail, "1 orders of “o.json” stand in the inbox as errors")
        self.assertTrue(self.inbox.search([("external_id", "=", "J2")]))

    def test_broken_attachments(self):
        """What is broken is named; the good one beside it is imported."""
        self._learn()
        mail = self._send(
            ("bad.json", ("application", "json"), b"{not json"),
            ("bad.xlsx", XLSX, b"PK\x03\x04 no"),
            self._csv(self._prepare_row("M4")),
        )
        self.assertWaits(mail, "“bad.json” cannot be read")
        self.assertIn("“bad.xlsx”: The file cannot be opened", mail.problem)
        good = mail.upload_ids.filtered(lambda upload: upload.state == "importing")
        self.assertEqual(good.name, "orders.csv")
        self.assertEqual(len(mail.activity_ids), 1)

    def test_unforeseen_failure_keeps_the_mail(self):
        mail = self._send(self._json(self._prepare_order("J3")), read=False)

        def fail(*_args):
            raise ZeroDivisionError

        self.patch(type(self.inbox), "_receive_raw", fail)
        with mute_logger("odoo.addons.order_management.models.channel_order_mail_read"):
            mail._job_read()
        self.assertWaits(mail, "ZeroDivisionError")

    def test_anything_else(self):
        self.assertWaits(self._send(), "brings no list of orders")
        pdf = ("order.pdf", ("application", "pdf"), b"%PDF-1.7")
        mail = self._send(pdf, message_id="<m2@shop.example>")
        self.assertWaits(mail, "“order.pdf” is no list of orders")
        attachment = mail.message_ids.attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("order.pdf", b"%PDF-1.7"))
        logo = ("logo.png", ("image", "png"), b"\x89PNG")
        mail = self._send(
            logo, self._json(self._prepare_order("J4")), message_id="<m3@x>"
        )
        self.assertEqual(mail.state, "done", "a logo in the signature disturbs nobody")

    def test_sender_not_allowed(self):
        mail = self._send(
            self._json(self._prepare_order("J5")), sender="eve@evil.example"
        )
        self.assertWaits(mail, "is not among the allowed senders")
        self.assertFalse(self.inbox.search([("external_id", "=", "J5")]))
        mail.with_user(self.keeper).action_accept_sender()
        self.assertEqual(mail.state, "done")
        self.assertTrue(self.inbox.search([("external_id", "=", "J5")]))

    def test_sender_lookalikes(self):
        for sender, allowed in (
            ("orders@shop.example", True),
            ("ORDERS@SHOP.example", True),
            ("a@dealer.example", True),
            ("a@sub.dealer.example", False),
            ("a@notdealer.example", False),
            ("orders@shop.example.evil.example", False),
            ('"orders@shop.example" <eve@evil.example>', False),
            ("", False),
        ):
            self.assertIs(self.channel._is_sender_allowed(sender), allowed, sender)
        self.channel.mail_senders = False
        self.assertFalse(self.channel._is_sender_allowed("orders@shop.example"))
        with self.assertRaises(ValidationError):
            self.channel.mail_senders = "everybody"

    def test_same_mail_twice(self):
        self._learn()
        file = self._csv(self._prepare_row("M5"))
        mail = self._send(file)
        self.assertFalse(self._send(file), "same Message-Id")
        self.assertEqual(len(mail.upload_ids), 1)
        mail._job_read()
        mail._transition("new")
        mail.read_message_id = 0
        mail._job_read()
        self.assertEqual(len(mail.upload_ids), 1, "read again, one file a attachment")

    def test_answer_brings_the_right_file(self):
        self._learn()
        mail = self._send()
        self.assertEqual(mail.state, "attention")
        self._send(
            self._csv(self._prepare_row("M6")),
            message_id="<m2@shop.example>",
            In_Reply_To="<m1@shop.example>",
        )
        self.assertEqual(mail.state, "new")
        mail._job_read()
        self.assertEqual((mail.state, mail.upload_ids.state), ("done", "importing"))

    def test_cron_reads_what_no_job_read(self):
        mail = self._send(self._json(self._prepare_order("J6")), read=False)
        mail.flush_recordset()
        self.env.cr.execute(
            "UPDATE channel_order_mail SET"
            " write_date = now() AT TIME ZONE 'UTC' - interval '20 minutes'"
        )
        mail.invalidate_recordset()
        with self.enter_registry_test_mode():
            self.env.ref("order_management.ir_cron_mail_read").method_direct_trigger()
        self.assertEqual(mail.state, "done")

    def test_fifty_mails_an_hour(self):
        """Odoo's guard against loops takes no order away."""
        for number in range(30):
            self._send(
                self._json(self._prepare_order(f"L{number}")),
                message_id=f"<l{number}@shop.example>",
            )
        found = self.inbox.search_count([("external_id", "=like", "L%")])
        self.assertEqual(found, 30)

    def test_rights(self):
        mail = self._send()
        self.assertTrue(mail.with_user(self.keeper).has_access("read"))
        self.assertFalse(mail.with_user(self.keeper).has_access("write"))
        stranger = self._create_user("reviewer", self.other_company)
        for user in (self.clerk, stranger, self._create_user("warehouse")):
            self.assertFalse(mail.with_user(user).has_access("read"), user.login)
            with self.assertRaises(AccessError):
                mail.with_user(user).action_accept_sender()
        mail.with_user(self.keeper).action_done()
        self.assertEqual(mail.state, "done")
        self.assertFalse(mail.activity_ids)

    def test_handled_mails_go_with_retention(self):
        mail = self._send()
        self.env.cr.execute(
            "UPDATE channel_order_mail SET write_date = '2020-01-01' WHERE id = %s",
            [mail.id],
        )
        mails = self.env["channel.order.mail"]
        mails._gc_personal_data()
        self.assertTrue(mail.exists(), "it still waits for a person")
        mail.action_done()
        mail.flush_recordset()
        self.env.cr.execute(
            "UPDATE channel_order_mail SET write_date = '2020-01-01' WHERE id = %s",
            [mail.id],
        )
        mails._gc_personal_data()
        self.assertFalse(mail.exists())
