# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError

from .order_approval_batch import CHUNK


class SaleOrder(models.Model):
    """An order; here: decided with many others, each for itself."""

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def action_approve_each(self):
        """Approve what can be approved of these orders; the others say why not.

        A hundred at once, more in jobs with progress.

        :return: a notification, or the result of the bulk approval
        :raises AccessError: not a reviewer
        """
        return self._decide_each("approve")

    def action_refuse_each(self, reason):
        """Refuse what can be refused of these orders, as `action_approve_each`.

        :raises AccessError: not a reviewer
        :raises UserError: without a reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why these orders are refused."))
        return self._decide_each("refuse", reason.strip())

    def _decide_each(self, decision, reason=None):
        self._check_reviewer()
        self.check_access("write")
        batch = self.env["order.approval.batch"]._make(self, decision, reason)
        if len(self) > CHUNK:
            batch._start()
            return batch._get_result_action()
        batch._job_decide(batch.line_ids.ids)
        batch.invalidate_recordset()
        if batch.failed_count:
            return batch._get_result_action()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("%(count)s orders decided.", count=len(self)),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
