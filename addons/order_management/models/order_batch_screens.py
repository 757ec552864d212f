# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError


class OrderBatch(models.Model):
    """A bulk step; here: its buttons."""

    _inherit = "order.batch"

    def action_pause(self):
        """Let what runs now end, and begin no more parts.

        :raises AccessError: for everybody but who started it and managers
        """
        return self._move_on(("running",), "paused")

    def action_resume(self):
        """Go on where it was paused.

        :raises AccessError: for everybody but who started it
        """
        self._check_mine()
        self._move_on(("paused",), "running")
        self._start()
        self.sudo()._finish_soon()
        return True

    def action_stop(self):
        """Leave alone what has not begun yet, for good.

        :raises AccessError: for everybody but who started it and managers
        """
        self._move_on(("running", "paused"), "stopped")
        lines_sudo = self.env["order.batch.line"].sudo()
        waiting_sudo = lines_sudo.search(
            [("batch_id", "=", self.id), ("state", "=", "waiting")]
        )
        # those that a part has at hand end as they end
        waiting_sudo.try_lock_for_update().write(
            {
                "state": "skipped",
                "message": self.env._("Stopped by %(user)s.", user=self.env.user.name),
            }
        )
        self.sudo().finished_at = fields.Datetime.now()
        self.invalidate_recordset()
        return True

    def action_retry(self):
        """Try those again that failed.

        :raises AccessError: for everybody but who started it
        :raises UserError: while it runs
        """
        self._check_mine()
        failed_sudo = self.sudo().line_ids.filtered(lambda x: x.state == "failed")
        self._move_on(("done", "stopped", "paused", "running"), "running")
        self.sudo().activity_unlink(["mail.mail_activity_data_warning"])
        failed_sudo.write({"state": "waiting", "message": False})
        self.env.flush_all()
        self._start()
        return True

    def _move_on(self, allowed, target):
        self._check_stoppable()
        if self.state not in allowed:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "It is %(state)s: that is not possible any more.",
                    state=states[self.state],
                )
            )
        self.sudo().write({"state": target})

    def action_view_lines(self):
        """Open the orders of this step, with what became of each."""
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "order_management.order_batch_line_action"
            ),
            "name": f"{self._get_step_name()}: {self.name}",
            "domain": [("batch_id", "=", self.id)],
            "context": {},
        }

    def action_view_failed(self):
        """Open the orders that failed, with the reasons."""
        return {
            **self.action_view_lines(),
            "context": {"search_default_failed": 1},
        }

    def action_view_orders(self):
        """Open the orders of this step on their own list."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        orders = self.env["order.batch.line"].search_fetch(
            [("batch_id", "=", self.id)], ["order_id"]
        )
        domain = [("id", "in", orders.order_id.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_view_invoices(self):
        """Open the invoices that this step made."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        domain = [("id", "in", self.sudo().line_ids.invoice_id.ids)]
        return {**action, "domain": domain, "context": {"create": False}}

    def action_download_problems(self):
        """Download the orders that failed, with the reasons, as a spreadsheet."""
        self.ensure_one()
        report = self.env.ref("order_management.order_batch_xlsx_report")
        return report.report_action(self, config=False)

    def _get_result_action(self):
        """Open what became of each order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bulk Step"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _get_done_notification(self):
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%(step)s: %(count)s orders done.",
                    step=self._get_step_name(),
                    count=self.done_count,
                ),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
