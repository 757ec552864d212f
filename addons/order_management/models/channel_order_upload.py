# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get

#: What decides how the file is read.
LAYOUT_FIELDS = frozenset(
    ("file", "channel_id", "encoding", "delimiter", "sheet", "header_row")
)
#: What decides how its cells are understood.
MAPPING_FIELDS = frozenset(
    ("decimal_mark", "date_order", "timezone", "currency_id", "default_status")
)


class ChannelOrderUpload(models.Model):
    """One file of orders, CSV or XLSX, on its way into the inbox of a channel.

    Its orders go through ``channel.order.receive`` like those of every other source;
    rows that cannot be used come back as a file with the reasons.
    """

    _name = "channel.order.upload"
    _inherit = ["order.state.mixin"]
    _description = "Order File"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "draft": ("mapped",),
        "mapped": ("draft", "importing"),
        "importing": ("done", "failed"),
        "failed": ("draft", "mapped", "importing"),
    }

    name = fields.Char("File Name", required=True)
    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
        help="Files tell who bought and their phone numbers: only this user and those "
        "who may see phone numbers can open them.",
    )
    mail_id = fields.Many2one(
        "channel.order.mail",
        "E-mail",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    file = fields.Binary(attachment=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("mapped", "Ready"),
            ("importing", "Importing"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        help="Draft: something is missing, see the text. Ready: can be imported. "
        "Failed: was stopped or broke off; what was imported until then stays.",
    )
    problem = fields.Text(
        readonly=True, copy=False, help="What is wrong and what to do about it."
    )

    # how the file is read: found out, can be corrected
    kind = fields.Selection([("csv", "CSV"), ("xlsx", "XLSX")], readonly=True)
    encoding = fields.Char(help="Such as utf-8, utf-16, cp1258, gb18030.")
    delimiter = fields.Char(help="The sign between two cells, or the word tab.")
    sheet = fields.Char()
    sheet_names = fields.Char("Sheets in the File", readonly=True)
    header_row = fields.Integer(
        "Row of Titles", help="Number of the row with the column titles; 0 for none."
    )

    # how the cells are understood
    column_ids = fields.One2many("channel.order.upload.column", "upload_id", "Columns")
    decimal_mark = fields.Selection(
        [(".", "1,234.56"), (",", "1.234,56")], "Numbers", default="."
    )
    date_order = fields.Selection(
        [("dmy", "31/12/2026"), ("mdy", "12/31/2026")], "Dates", default="dmy"
    )
    timezone = fields.Selection(
        _tz_get, default=lambda self: self.env.user.tz or "UTC", required=True
    )
    currency_id = fields.Many2one(
        "res.currency", help="Of orders whose row names none; empty: the company's."
    )
    default_status = fields.Selection(
        [("unpaid", "Unpaid"), ("paid", "Paid")],
        "State of Orders",
        help="Of orders whose row names none.",
    )
    preview_rows = fields.Json(readonly=True, copy=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # what became of it
    row_estimate = fields.Integer("Rows in the File", readonly=True, copy=False)
    row_count = fields.Integer("Rows Read", readonly=True, copy=False)
    order_count = fields.Integer("Orders Handed Over", readonly=True, copy=False)
    bad_row_count = fields.Integer("Rows Refused", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    attempt_count = fields.Integer(readonly=True, copy=False)
    run_token = fields.Char(
        readonly=True, copy=False, help="Names the run that is importing this file."
    )
    finished_at = fields.Datetime(readonly=True, copy=False)
    reject_file = fields.Binary(
        "Refused Rows", attachment=True, readonly=True, copy=False
    )
    reject_name = fields.Char(compute="_compute_reject_name")
    inbox_ids = fields.One2many("channel.order", "upload_id", readonly=True)

    _importing_idx = models.Index("(write_date) WHERE state = 'importing'")

    @api.depends("row_count", "row_estimate", "state")
    def _compute_progress(self):
        for upload in self:
            whole = max(upload.row_estimate, upload.row_count)
            done = upload.row_count / whole * 100 if whole else 0
            upload.progress = 100 if upload.state == "done" else min(done, 99)

    @api.depends("name", "kind")
    def _compute_reject_name(self):
        for upload in self:
            stem, dot, _ending = (upload.name or "").rpartition(".")
            name = stem if dot else upload.name or ""
            upload.reject_name = self.env._(
                "%(name)s refused rows.%(kind)s", name=name, kind=upload.kind or "csv"
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Take files in; each is looked at now and says what it still needs."""
        uploads = super().create(vals_list)
        uploads._look()
        return uploads

    def write(self, vals):
        """Change how a file is read, or exchange it, while it is not being imported.

        :raises UserError: when it is being imported, or was
        """
        layout = LAYOUT_FIELDS.intersection(vals)
        mapping = MAPPING_FIELDS.intersection(vals)
        if (layout or mapping) and not self.env.context.get(
            "order_management_upload_look"
        ):
            self._check_changeable()
            result = super().write(vals)
            if {"file", "channel_id"} & layout:
                self._look()
            elif layout:
                self._look(known=True)
            else:
                self._check_mapping()
            return result
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_importing(self):
        if any(upload.state == "importing" for upload in self):
            raise UserError(self.env._("Stop the import before deleting the file."))

    def action_import(self):
        """Hand the orders of these files to the inbox, in the background.

        :raises UserError: when a file is not ready
        """
        self.check_access("write")
        for upload in self:
            if upload.state not in ("mapped", "failed") or not upload.preview_rows:
                raise UserError(
                    upload.problem
                    or self.env._(
                        "“%(name)s” is not ready to be imported.", name=upload.name
                    )
                )
        self._start_import()
        return True

    def action_stop(self):
        """Stop importing; what the inbox has got stays there.

        :raises UserError: when nothing is being imported
        """
        self.check_access("write")
        reason = self.env._(
            "Stopped by %(user)s. What was imported until then stays. “Import” goes "
            "through the whole file again; nothing is doubled.",
            user=self.env.user.name,
        )
        self._transition("failed", reason)
        return True

    def action_view_inbox(self):
        """Open the inbox rows that came out of these files."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_action"
        )
        return {**action, "domain": [("upload_id", "in", self.ids)], "context": {}}

    def action_download_template(self):
        """Download an empty list with the columns of this file's channel."""
        self.ensure_one()
        return self.channel_id.action_download_upload_template()

    def _check_changeable(self):
        if any(upload.state in ("importing", "done") for upload in self):
            raise UserError(
                self.env._(
                    "A file that is being imported, or was, cannot be changed. Upload "
                    "it again to read it in another way."
                )
            )

    def _prepare_transition_vals(self, target, reason):
        """Override of ``order.state.mixin`` to keep the reason where people look."""
        vals = super()._prepare_transition_vals(target, reason)
        if target in ("draft", "failed"):
            vals["problem"] = reason
        else:
            vals["problem"] = False
        if target in ("done", "failed"):
            vals.update(finished_at=fields.Datetime.now(), run_token=False)
        return vals

    @api.autovacuum
    def _gc_personal_data(self):
        """Delete the contents of files past their channel's retention."""
        for channel in self.env["sale.channel"].search(
            [("payload_retention_days", ">", 0)]
        ):
            limit = fields.Datetime.subtract(
                fields.Datetime.now(), days=channel.payload_retention_days
            )
            old = self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("state", "!=", "importing"),
                    ("write_date", "<", limit),
                    ("preview_rows", "!=", False),
                ],
                limit=1000,
            )
            old.column_ids.write({"sample": False})
            old.with_context(order_management_upload_look=True).write(
                {"file": False, "reject_file": False, "preview_rows": False}
            )
