# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

_MAX_SIZE = 10_000_000


class DistributionReport(models.Model):
    """A file in which a member reports what it sold or what it has in stock."""

    _name = "distribution.report"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Member Report"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {"draft": ("done",), "done": ("done",)}

    name = fields.Char("File Name", required=True)
    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="member_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [("sell_out", "Sell-out"), ("stock", "Stock at the End of the Period")],
        required=True,
        default="sell_out",
        help="Sell-out: what was sold to consumers. Stock: fills the stock count of "
        "the month.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self._default_month(),
    )
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
    )
    file = fields.Binary(attachment=True, required=True, copy=False)
    file_hash = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "To Import"), ("done", "Imported")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    good_count = fields.Integer("Rows Imported", readonly=True, copy=False)
    bad_count = fields.Integer("Rows Refused", readonly=True, copy=False)
    correction_count = fields.Integer("Rows Corrected", readonly=True, copy=False)
    line_ids = fields.One2many(
        "distribution.report.line", "report_id", "Rows", readonly=True, copy=False
    )
    reject_file = fields.Binary(
        "Refused Rows", attachment=True, readonly=True, copy=False
    )
    reject_name = fields.Char(compute="_compute_reject_name")
    count_id = fields.Many2one(
        "distribution.stock.count", "Stock Count", readonly=True, copy=False
    )
    ledger_count = fields.Integer(compute="_compute_ledger_count")
    open_sku_count = fields.Integer(compute="_compute_open_sku_count")

    _hash_uniq = models.UniqueIndex(
        "(member_id, file_hash) WHERE file_hash IS NOT NULL",
        "This very file of this member was imported already.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_to >= date_from)", "A report ends on or after its first day."
    )

    def _default_month(self):
        today = fields.Date.context_today(self)
        return today.replace(day=1) - relativedelta(months=1)

    @api.depends("date_from")
    def _compute_date_to(self):
        for report in self:
            start = report.date_from
            report.date_to = start and start + relativedelta(day=31)

    @api.depends("name")
    def _compute_reject_name(self):
        for report in self:
            stem = (report.name or "").rpartition(".")[0] or report.name or ""
            report.reject_name = self.env._("%(name)s refused rows.xlsx", name=stem)

    def _compute_ledger_count(self):
        counts = dict(
            self.env["distribution.ledger"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for report in self:
            report.ledger_count = counts.get(report.id, 0)

    def _compute_open_sku_count(self):
        counts = dict(
            self.env["distribution.sku.map"]._read_group(
                [("member_id", "in", self.member_id.ids), ("product_id", "=", False)],
                ["member_id"],
                ["__count"],
            )
        )
        for report in self:
            report.open_sku_count = counts.get(report.member_id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Take files in; one that came before is refused with a link to the first.

        :raises UserError: no file, one that is too large, a file known already
        """
        reports = super().create(vals_list)
        reports._sign()
        return reports

    def write(self, vals):
        """Change a report until it is imported.

        :raises UserError: it was imported
        """
        fixed = {"file", "member_id", "date_from", "date_to", "kind"} & vals.keys()
        if fixed and any(report.state == "done" for report in self):
            raise UserError(
                self.env._("The report was imported. Make a new one to correct it.")
            )
        result = super().write(vals)
        if {"file", "member_id"} & vals.keys():
            self._sign()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(report.state == "done" for report in self):
            raise UserError(
                self.env._("Imported reports stay as history and cannot be deleted.")
            )

    def _sign(self):
        for report in self:
            content = base64.b64decode(report.file or b"")
            if not content:
                raise UserError(self.env._("The file is empty. Choose another one."))
            if len(content) > _MAX_SIZE:
                raise UserError(
                    self.env._("The file is larger than 10 MB. Split it in parts.")
                )
            digest = hashlib.sha256(content).hexdigest()
            first = self.sudo().search(
                [
                    ("member_id", "=", report.member_id.id),
                    ("file_hash", "=", digest),
                    ("id", "!=", report.id),
                ],
                limit=1,
            )
            if first:
                raise UserError(report._get_duplicate_message(first))
            report.sudo().file_hash = digest

    def _get_duplicate_message(self, first):
        # who reports in the portal has no other page of it
        link = f"/odoo/distribution.report/{first.id}"
        if self.env.user.share:
            link = "/my/stock-reports"
        return self.env._(
            "This very file of “%(member)s” came before, as “%(name)s” on %(day)s: "
            "%(link)s. Nothing was imported again.",
            member=self.member_id.display_name,
            name=first.name,
            day=first.create_date.date(),
            link=link,
        )

    def action_view_ledger(self):
        """What these reports posted."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {
            **action,
            "domain": [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            "context": {},
        }

    def action_view_open_skus(self):
        """SKUs of the member that nobody has said yet what they are."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_sku_map_action"
        )
        return {
            **action,
            "domain": [("member_id", "in", self.member_id.ids)],
            "context": {"search_default_open": 1},
        }

    def action_view_count(self):
        """The stock count that the report filled."""
        self.ensure_one()
        return self.count_id._get_records_action()

    def action_template(self):
        """Download the form of a report, with the member's own SKUs."""
        self.ensure_one()
        return self.member_id.action_report_template()
