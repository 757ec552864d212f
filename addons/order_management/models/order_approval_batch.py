# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

#: orders that are decided in one transaction
CHUNK = 100
_STALE_MINUTES = 15


class OrderApprovalBatch(models.Model):
    """A decision on many orders at once: its progress, and what became of each."""

    _name = "order.approval.batch"
    _description = "Bulk Approval"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Decided By", required=True, readonly=True, index=True
    )
    decision = fields.Selection(
        [("approve", "Approve"), ("refuse", "Refuse")], required=True, readonly=True
    )
    reason = fields.Text(readonly=True)
    company_ids = fields.Many2many("res.company", string="Companies", readonly=True)
    line_ids = fields.One2many("order.approval.batch.line", "batch_id", readonly=True)
    order_count = fields.Integer("Orders", compute="_compute_counts")
    done_count = fields.Integer("Decided", compute="_compute_counts")
    failed_count = fields.Integer("Not Decided", compute="_compute_counts")
    waiting_count = fields.Integer("Still Waiting", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], compute="_compute_counts"
    )

    def _compute_counts(self):
        counts = {
            (batch, state): count
            for batch, state, count in self.env[
                "order.approval.batch.line"
            ]._read_group(
                [("batch_id", "in", self._origin.ids)],
                ["batch_id", "state"],
                ["__count"],
            )
        }
        for batch in self:
            origin = batch._origin
            batch.done_count = counts.get((origin, "done"), 0)
            batch.failed_count = counts.get((origin, "failed"), 0)
            batch.waiting_count = counts.get((origin, "waiting"), 0)
            ended = batch.done_count + batch.failed_count
            batch.order_count = ended + batch.waiting_count
            batch.progress = 100 * ended / (batch.order_count or 1)
            batch.state = "running" if batch.waiting_count else "done"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        if not self.env.su:
            raise UserError(self.env._("Bulk approvals are kept as history."))

    def action_refresh(self):
        """Show the progress of now."""
        return True

    def action_view_orders(self):
        """Open the orders of this decision."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        orders = self.line_ids.order_id
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    def action_view_failed(self):
        """Open the orders that could not be decided, with the reasons."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Decided"),
            "res_model": "order.approval.batch.line",
            "view_mode": "list",
            "domain": [("batch_id", "=", self.id), ("state", "=", "failed")],
        }

    def action_retry(self):
        """Decide those again that failed.

        :raises AccessError: for everybody but who decided
        """
        self.ensure_one()
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "Only %(user)s can decide this again.", user=self.user_id.name
                )
            )
        failed = self.line_ids.filtered(lambda line: line.state == "failed")
        failed.sudo().write({"state": "waiting", "message": False})
        self._start()
        return True

    @api.model
    def _make(self, orders, decision, reason=None):
        """A batch of these orders, not started yet."""
        batch_sudo = self.sudo().create(
            {
                "name": self.env._("%(count)s orders", count=len(orders)),
                "user_id": self.env.uid,
                "decision": decision,
                "reason": reason,
                "company_ids": [fields.Command.set(orders.company_id.ids)],
            }
        )
        self.env["order.approval.batch.line"].sudo().create(
            [{"batch_id": batch_sudo.id, "order_id": order.id} for order in orders]
        )
        return batch_sudo.sudo(False)

    def _start(self):
        """Decide in jobs, as the user who asked for it."""
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")
        for number, part in enumerate(split_every(CHUNK, waiting.ids)):
            self.with_delay(
                channel="root.order_management.approval",
                description=self.env._(
                    "%(batch)s, part %(number)s", batch=self.name, number=number + 1
                ),
            )._job_decide(list(part))

    def _job_decide(self, line_ids):
        """Decide these orders of the batch; repeatable.

        :return: how many were decided
        """
        lines = self.env["order.approval.batch.line"].browse(line_ids).exists()
        waiting = lines.sudo().try_lock_for_update()
        waiting = waiting.filtered(lambda line: line.state == "waiting")
        if not waiting:
            return 0
        failed = self._decide(waiting.order_id.with_env(self.env))
        waiting._settle(failed)
        return len(waiting) - len(failed)

    def _decide(self, orders):
        """All at once; where that fails one by one, so that an order which cannot be
        decided stops only itself.

        :return: ``{order id: why it was not decided}``
        """
        try:
            with self.env.cr.savepoint():
                self._decide_all(orders)
                self.env.flush_all()
            return {}
        except (psycopg2.OperationalError, ConcurrencyError):
            # the whole job is tried again
            raise
        except (UserError, psycopg2.IntegrityError) as error:
            if len(orders) == 1:
                return {orders.id: str(error)}
            _logger.info("Batch of %d orders not decided (%s)", len(orders), error)
        half = len(orders) // 2
        return self._decide(orders[:half]) | self._decide(orders[half:])

    def _decide_all(self, orders):
        if self.decision == "approve":
            orders.action_approve()
        else:
            orders.action_refuse(self.reason)

    @api.model
    def _cron_decide(self):
        """Take up parts whose job was lost with its worker, or that no runner ran."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=_STALE_MINUTES)
        stale = self.env["order.approval.batch.line"].search(
            [("state", "=", "waiting"), ("write_date", "<", limit)], limit=100 * CHUNK
        )
        remaining = len(stale)
        for batch, lines in stale.grouped("batch_id").items():
            as_user = batch.with_user(batch.user_id).with_context(
                allowed_company_ids=batch.company_ids.ids
            )
            for part in split_every(CHUNK, lines.ids):
                as_user._job_decide(list(part))
                remaining -= len(part)
                if not self.env["ir.cron"]._commit_progress(
                    len(part), remaining=remaining
                ):
                    return

    def _get_result_action(self):
        """Open what became of each order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bulk Approval"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
