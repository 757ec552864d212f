# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .approval_common import ApprovalCase


class VarianceCase(ApprovalCase):
    """A company whose variance is added up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["order.variance.report"]
        while cls.report._refresh():
            pass

    def _get_figures(self, orders):
        self.report._refresh()
        self.report.invalidate_model()
        return self.report.search([("order_id", "in", orders.ids)])

    def _approve(self, order, quantity, reason="Short supply"):
        order.action_submit()
        self._as(order.order_line, "reviewer").write(
            {"approved_qty": quantity, "cut_reason": reason}
        )
        order.action_approve()
        order.action_confirm()
