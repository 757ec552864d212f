# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_UNDOABLE = (
    "submit",
    "approve",
    "refuse",
    "confirm",
    "reserve",
    "invoice",
    "cancel",
    "split",
)


class OrderBatch(models.Model):
    """A bulk step; here: how it is taken back, as a batch of its own.

    Only what leaves no trace outside: a quotation becomes one again, a draft invoice
    goes. What was shipped, posted or told to somebody has a document of its own that
    takes it back, and the batch says which.
    """

    _inherit = "order.batch"

    @api.depends("kind", "state")
    def _compute_can_undo(self):
        hints = {
            "process": self.env._("Cancel orders that were imported by mistake."),
            "ship": self.env._("Goods that left come back by a return."),
        }
        for batch in self:
            batch.can_undo = (
                batch.kind in _UNDOABLE
                and batch.state in ("done", "stopped")
                and not batch.undone_batch_id
                and bool(batch.sudo()._get_undo_lines())
            )
            batch.undo_hint = hints.get(batch.kind, False)

    def _get_undo_lines(self, limit=1):
        return self.env["order.batch.line"].search(
            [("batch_id", "=", self.id), ("state", "=", "done")], limit=limit
        )

    def action_undo(self):
        """Take back what this step did, where nothing was built upon it.

        :return: a notification, or the action that opens the result
        :raises UserError: a step that cannot be taken back
        :raises AccessError: who may not do the step
        """
        self._check_stoppable()
        if not self.can_undo:
            raise UserError(
                self.undo_hint or self.env._("There is nothing left to undo here.")
            )
        orders = self.sudo()._get_undo_lines(limit=None).order_id
        return self._run_or_start(
            self.kind,
            # sudo: which they are; whether they may be changed is checked in the run
            orders.sudo(False)._filtered_access("read"),
            undone_batch_id=self.id,
        )

    @api.model
    def _get_undo_domain(self, kind):
        """Orders of which the step can be taken back."""
        if kind == "submit":
            return Domain("approval_state", "=", "to_approve")
        if kind in ("approve", "refuse"):
            target = "approved" if kind == "approve" else "refused"
            draft = Domain("state", "in", ("draft", "sent"))
            return draft & Domain("approval_state", "=", target)
        if kind == "cancel":
            return Domain("state", "=", "cancel")
        confirmed = Domain("state", "=", "sale")
        if kind == "invoice":
            return confirmed & Domain("invoice_ids.state", "=", "draft")
        return confirmed

    def _get_undo_skip_text(self, order):
        """Why nothing is to be done with an order that is not ready to be undone."""
        if self.kind in ("approve", "refuse", "submit") and order.state == "sale":
            return False  # says itself why not
        if self.kind == "invoice" and order.invoice_ids:
            return False
        return self.env._("It is not in that state any more: nothing to undo.")

    def _run_undo_submit(self, orders):
        orders.check_access("write")
        orders._approval_transition("none", self._get_undo_reason())

    def _run_undo_approve(self, orders):
        self._check_not_confirmed(orders)
        orders._check_reviewer()
        orders.check_access("write")
        orders._approval_transition("to_approve", self._get_undo_reason())

    _run_undo_refuse = _run_undo_approve

    def _check_not_confirmed(self, orders):
        for order in orders.filtered(lambda order: order.state == "sale"):
            raise UserError(
                self.env._(
                    "%(order)s is confirmed. Undo the confirmation first, or close it "
                    "short.",
                    order=order.display_name,
                )
            )

    def _run_undo_confirm(self, orders):
        orders._check_nothing_left(picked=True)
        self._cancel(orders)
        orders.action_draft()
        text = self.env._("It is a quotation again; its approval starts anew.")
        return dict.fromkeys(orders.ids, {"message": text})

    def _run_undo_reserve(self, orders):
        orders._check_nothing_left(picked=True)
        moves = orders.picking_ids.move_ids.filtered(
            lambda move: move.state in ("assigned", "partially_available")
        )
        moves._do_unreserve()

    def _run_undo_invoice(self, orders):
        """Delete the drafts that this batch made, and nothing else."""
        lines_sudo = self.undone_batch_id.sudo().line_ids.filtered(
            lambda line: line.order_id.id in orders.ids
        )
        invoices = lines_sudo.invoice_id.sudo(False)
        posted = invoices.filtered(lambda invoice: invoice.state == "posted")
        if posted:
            raise UserError(
                self.env._(
                    "%(invoices)s is posted: make a credit note.",
                    invoices=", ".join(posted.mapped("name")),
                )
            )
        invoices.filtered(lambda invoice: invoice.state == "draft").unlink()

    def _run_undo_cancel(self, orders):
        orders.action_draft()

    def _get_undo_reason(self):
        return self.env._("Bulk step undone")
