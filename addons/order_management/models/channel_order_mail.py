# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html


class ChannelOrderMail(models.Model):
    """One mail (and its answers) to the address of a channel.

    It is kept first and understood by a job afterwards; what no program understands
    waits for a person.
    """

    _name = "channel.order.mail"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Order E-mail"
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _TRANSITIONS = {
        "new": ("done", "attention"),
        "attention": ("new", "done"),
        "done": ("new", "attention"),
    }

    name = fields.Char("Subject", required=True, readonly=True)
    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, index=True)
    email_from = fields.Char("From", readonly=True)
    state = fields.Selection(
        [("new", "New"), ("attention", "Needs a Person"), ("done", "Done")],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
    )
    problem = fields.Text(
        readonly=True, help="Why a person is needed and what to do about it."
    )
    is_sender_accepted = fields.Boolean(
        "Sender Accepted",
        readonly=True,
        help="A person decided to import this mail although its sender is not among "
        "the channel's allowed ones.",
    )
    read_message_id = fields.Integer(
        readonly=True, help="The last message of the mail that was understood."
    )
    upload_ids = fields.One2many("channel.order.upload", "mail_id", "Files")
    upload_count = fields.Integer("Files Count", compute="_compute_upload_count")

    _new_idx = models.Index("(id) WHERE state = 'new'")

    @api.depends("upload_ids")
    def _compute_upload_count(self):
        for mail in self:
            mail.upload_count = len(mail.upload_ids)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override of ``mail``: keep the mail; a job reads it once it is stored."""
        values = dict(custom_values or {})
        channel = self.env["sale.channel"].sudo().browse(values.get("channel_id"))
        mail = self.sudo().create(
            {
                **values,
                "name": msg_dict.get("subject") or self.env._("(no subject)"),
                "email_from": msg_dict.get("email_from"),
                "user_id": channel._get_mail_user().id,
            }
        )
        mail._enqueue_reading()
        return mail

    def message_update(self, msg_dict, update_vals=None):
        """Override of ``mail``: an answer may bring the right file."""
        result = super().message_update(msg_dict, update_vals)
        self.sudo()._transition("new")
        self._enqueue_reading()
        return result

    def action_accept_sender(self):
        """Import what this mail brings although its sender is not allowed."""
        self.check_access("read")
        for mail in self.sudo():
            mail._transition("new", self.env._("Sender accepted"))
            mail.write({"is_sender_accepted": True, "read_message_id": 0})
            mail._read_messages()
        return True

    def action_done(self):
        """Nothing is left to do with these mails."""
        self.check_access("read")
        self.sudo()._transition("done")
        self.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def action_view_uploads(self):
        """Open the files that came with these mails."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_upload_action"
        )
        return {**action, "domain": [("mail_id", "in", self.ids)], "context": {}}

    def _enqueue_reading(self):
        for mail in self.sudo():
            mail.with_delay(
                channel="root.order_management.inbox",
                description=self.env._("Read mail “%(name)s”", name=mail.name),
            )._job_read()

    def _job_read(self):
        """Read what has not been read of these mails; repeatable."""
        mails = self.sudo().exists().try_lock_for_update(allow_referencing=True)
        for mail in mails.filtered(lambda mail: mail.state == "new"):
            mail._read_messages()

    @api.model
    def _cron_read(self, limit=100):
        """Read mails whose job was lost, or that no runner ran."""
        before = fields.Datetime.subtract(fields.Datetime.now(), minutes=10)
        mails = self.search(
            [("state", "=", "new"), ("write_date", "<", before)], limit=limit
        )
        for done, mail in enumerate(mails, start=1):
            mail._job_read()
            left = self.env["ir.cron"]._commit_progress(1, remaining=len(mails) - done)
            if not left:
                break

    def _call_person(self, text):
        """Put the mail before a person, once however often something is wrong."""
        self._transition("attention", text)
        self.problem = text
        if self.user_id and not self.activity_ids:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Mail with orders"),
                # the text names attachments and senders: words, never HTML
                note=plaintext2html(text),
                user_id=self.user_id.id,
            )

    @api.autovacuum
    def _gc_personal_data(self):
        """Delete mails past their channel's retention that nobody waits for."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mail.id FROM channel_order_mail mail
                JOIN sale_channel channel ON channel.id = mail.channel_id
                WHERE mail.state = 'done' AND channel.payload_retention_days > 0
                AND mail.write_date < now() AT TIME ZONE 'UTC'
                    - channel.payload_retention_days * interval '1 day'
                LIMIT 1000
                """
            )
        )
        self.browse([row[0] for row in rows]).unlink()
