# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .order_approval_step import LIVE_STATES


class SaleOrder(models.Model):
    """An order; here: the few that wait for an approval are found among millions.

    PostgreSQL reads all orders for "one thing or the other" about two tables. What is
    found for each by its own index is put together instead.
    """

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    is_approval_open = fields.Boolean(
        "Waits for Approval",
        compute="_compute_is_approval_open",
        search="_search_is_approval_open",
        help="Submitted and not decided yet, or confirmed with a change to decide.",
    )

    @api.depends("approval_state", "approval_step_ids.state")
    def _compute_is_approval_open(self):
        asked = self._get_live_steps().filtered(lambda step: step.state == "pending")
        asked_ids = set(asked.order_id.ids)
        for order in self:
            order.is_approval_open = (
                order.approval_state == "to_approve" or order._origin.id in asked_ids
            )

    def _search_is_approval_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: who may see an order may know that it waits
        steps = self.env["order.approval.step"].sudo()
        domain = self._get_asked_domain(
            steps._search([("state", "=", "pending")]),
            Domain("approval_state", "=", "to_approve"),
        )
        return domain if True in value else ~domain

    @api.model
    def _get_my_approval_domain(self):
        """Orders that the current user may decide now."""
        if not self.env.user.has_group("order_management.group_reviewer"):
            return Domain.FALSE
        steps = self.env["order.approval.step"]
        # submitted before there were steps
        unasked = Domain("approval_state", "=", "to_approve") & Domain(
            "approval_step_ids", "not any", [("state", "in", LIVE_STATES)]
        )
        return self._get_asked_domain(steps._search(steps._get_mine_domain()), unasked)

    @api.model
    def _get_asked_domain(self, steps, orders):
        """Orders of some steps, and orders of which something is true.

        :param steps: query of ``order.approval.step``
        :param orders: domain of orders
        """
        order_id = self.env["order.approval.step"]._field_to_sql(
            steps.table, "order_id", steps
        )
        # sudo: compared with, under the rights that are asked for the orders
        return Domain(
            "id",
            "in",
            SQL(
                "%s UNION ALL %s",
                steps.subselect(order_id),
                self.sudo()._search(orders).subselect(),
            ),
        )
