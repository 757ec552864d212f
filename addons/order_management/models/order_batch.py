# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: what failed is shown on the form, the rest by a button
_SHOWN_PROBLEMS = 40
#: where lines come from: {model: (column of the line, the oldest first)}
_SOURCES = {
    "sale.order": ("order_id", "date_order"),
    "channel.order": ("row_id", "received_at"),
}


class OrderBatch(models.Model):
    """One step of many orders at once: how far it is, and what became of each.

    Parts of some orders each run as jobs, in transactions of their own (see
    `order_batch_run.py`); what a step does is in `order_batch_kind.py`, how it is
    undone in `order_batch_undo.py`.
    """

    _name = "order.batch"
    _description = "Bulk Step"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("process", "Process"),
            ("submit", "Submit for Approval"),
            ("approve", "Approve"),
            ("refuse", "Refuse"),
            ("confirm", "Confirm"),
            ("reserve", "Reserve"),
            ("ship", "Ship"),
            ("invoice", "Invoice"),
            ("cancel", "Cancel"),
            ("split", "Split"),
        ],
        "Step",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", "Started By", required=True, readonly=True, index=True
    )
    company_ids = fields.Many2many("res.company", string="Companies", readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    finished_at = fields.Datetime(readonly=True)
    reason = fields.Text(readonly=True)
    partial = fields.Selection(
        [
            ("backorder", "Ship what is reserved, the rest later"),
            ("skip", "Leave them alone"),
        ],
        "Partly Reserved Orders",
        readonly=True,
        default="backorder",
    )
    post_invoices = fields.Boolean(readonly=True)
    undone_batch_id = fields.Many2one(
        "order.batch", "Undoes", readonly=True, index="btree_not_null"
    )
    line_ids = fields.One2many("order.batch.line", "batch_id", readonly=True)
    problem_ids = fields.Many2many(
        "order.batch.line", string="Problems", compute="_compute_problem_ids"
    )
    order_count = fields.Integer("Orders", compute="_compute_counts")
    done_count = fields.Integer("Done Orders", compute="_compute_counts")
    failed_count = fields.Integer("Failed Orders", compute="_compute_counts")
    skipped_count = fields.Integer("Left Alone", compute="_compute_counts")
    waiting_count = fields.Integer("Still Waiting", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    undo_hint = fields.Char(compute="_compute_can_undo")

    def _compute_counts(self):
        counts = {
            (batch, state): count
            for batch, state, count in self.env["order.batch.line"]
            .sudo()  # who sees the batch may know how far it is
            ._read_group(
                [("batch_id", "in", self._origin.ids)],
                ["batch_id", "state"],
                ["__count"],
            )
        }
        for batch in self:
            origin = batch._origin.sudo()
            of = {state: n for (owner, state), n in counts.items() if owner == origin}
            batch.done_count = of.get("done", 0) + of.get("undone", 0)
            batch.failed_count = of.get("failed", 0)
            batch.skipped_count = of.get("skipped", 0)
            batch.waiting_count = of.get("waiting", 0)
            batch.order_count = sum(of.values())
            ended = batch.order_count - batch.waiting_count
            batch.progress = 100 * ended / (batch.order_count or 1)

    def _compute_problem_ids(self):
        lines = self.env["order.batch.line"]
        for batch in self:  # a form: one batch
            batch.problem_ids = lines.search(
                [("batch_id", "=", batch._origin.id), ("state", "=", "failed")],
                order="id",
                limit=_SHOWN_PROBLEMS,
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        if not self.env.su:
            raise UserError(self.env._("Bulk steps are kept as history."))

    @api.model
    def start(self, kind, domain, model="sale.order", **options):
        """Begin a step on everything that a domain finds, for the web and RPC.

        :param kind: a value of ``kind``
        :param domain: which orders, or inbox rows; found on the server, as the user
        :param model: ``sale.order``, ``channel.order`` or ``order.hub``
        :param options: ``reason``, ``partial``, ``post_invoices``
        :return: a notification, or the action that opens the result
        :raises AccessError: who may not do this step
        :raises UserError: nothing found, or a reason is missing
        """
        records = self._find(kind, model, domain)
        known = ("reason", "partial", "post_invoices")
        return self._run_or_start(
            kind, records, **{name: options[name] for name in known if name in options}
        )

    @api.model
    def _find(self, kind, model, domain):
        """The orders, or inbox rows, that a step is to be done with."""
        wanted = "channel.order" if kind == "process" else "sale.order"
        if model == "order.hub":
            name = "channel_order_id" if kind == "process" else "sale_order_id"
            return self.env[model].search_fetch(domain, [name], order="id")[name]
        if model != wanted:
            raise UserError(
                self.env._("This step is not for these records: choose orders.")
            )
        return self.env[wanted].search(domain, order="id")

    @api.model
    def _make(self, kind, records, **vals):
        """A batch of these orders or inbox rows, not started yet; oldest first.

        :raises UserError: no order, or a reason is missing
        """
        self._check_kind_allowed(kind)
        records = records.with_env(self.env)
        records.check_access("read")
        self._check_make(kind, records, vals)
        groups = records._read_group([("id", "in", records.ids)], ["company_id"])
        batch_sudo = self.sudo().create(
            {
                "name": self.env._("%(count)s orders", count=len(records)),
                "kind": kind,
                "user_id": self.env.uid,
                "company_ids": [company.id for (company,) in groups],
                **vals,
            }
        )
        batch_sudo._add_lines(records)
        return batch_sudo.sudo(False)

    @api.model
    def _check_make(self, kind, records, vals):
        if not records:
            raise UserError(
                self.env._("Choose at least one order that this step is for.")
            )
        if kind == "refuse" and not vals.get("undone_batch_id"):
            vals["reason"] = (vals.get("reason") or "").strip()
            if not vals["reason"]:
                raise UserError(self.env._("Say why these orders are refused."))

    def _add_lines(self, records):
        """One statement: a line at a time would take minutes for many orders."""
        column, oldest = _SOURCES[records._name]
        records.flush_model(["company_id", oldest])
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO order_batch_line (batch_id, %(column)s, company_id, state,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(batch)s, id, company_id, 'waiting', %(uid)s, %(uid)s,
                    now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                FROM %(table)s WHERE id = ANY(%(ids)s) ORDER BY %(oldest)s, id
                RETURNING id
                """,
                column=SQL.identifier(column),
                table=SQL.identifier(records._table),
                oldest=SQL.identifier(oldest),
                batch=self.id,
                uid=self.env.uid,
                ids=list(records.ids),
            )
        )
        self.env["order.batch.line"].invalidate_model()
        self.invalidate_recordset()

    def _check_mine(self):
        """:raises AccessError: for everybody but who started it"""
        self.ensure_one()
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only %(user)s can go on with this.", user=self.user_id.name)
            )

    def _check_stoppable(self):
        """:raises AccessError: for everybody but who started it and managers"""
        self.ensure_one()
        if not self.env.user.has_group("order_management.group_manager"):
            self._check_mine()
        self.check_access("read")
