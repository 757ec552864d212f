# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.figures import plain_figure


class OrderQuota(models.Model):
    """A quota; here: what people see around it."""

    _inherit = "order.quota"

    unit_name = fields.Char("Counted In Unit", compute="_compute_unit_name")
    order_count = fields.Integer("Orders", compute="_compute_order_count")
    transfer_count = fields.Integer("Transfers", compute="_compute_transfer_count")
    why_text = fields.Text("In Words", compute="_compute_why_text")

    @api.depends("measure", "uom_id", "currency_id")
    @api.depends_context("lang")
    def _compute_unit_name(self):
        for quota in self:
            if quota.measure == "orders":
                quota.unit_name = self.env._("orders")
            else:
                unit = quota.uom_id.sudo() or quota.currency_id.sudo()
                quota.unit_name = unit.name

    def _compute_order_count(self):
        groups = self.env["order.quota.move"]._read_group(
            [("quota_id", "in", self.ids), ("order_id", "!=", False)],
            ["quota_id"],
            ["order_id:count_distinct"],
        )
        counts = {quota.id: count for quota, count in groups}
        for quota in self:
            quota.order_count = counts.get(quota._origin.id, 0)

    def _compute_transfer_count(self):
        self.transfer_count = 0
        transfers = self.env["order.quota.transfer"]
        if not transfers.has_access("read"):
            return
        for field in ("source_id", "target_id"):
            for quota, count in transfers._read_group(
                [(field, "in", self.ids)], [field], ["__count"]
            ):
                self.browse(quota.id).transfer_count += count

    @api.depends("policy", "give_back", "scope_key", "product_key", "limit_qty")
    @api.depends("date_from", "date_to", "measure", "uom_id", "currency_id")
    @api.depends_context("lang")
    def _compute_why_text(self):
        policies = {
            "block": self.env._("an order for more is refused."),
            "approval": self.env._("an order for more needs a reviewer."),
            "warn": self.env._("an order for more is only warned about."),
        }
        for quota in self:
            quota.why_text = self.env._(
                "Orders dated %(start)s to %(end)s (time zone %(zone)s) of “%(scope)s” "
                "for “%(product)s” may take %(limit)s %(unit)s together; %(policy)s",
                start=quota.date_from or "",
                end=quota.date_to or "",
                zone=self._get_zone(quota.company_id),
                scope=quota.scope_name or "",
                product=quota.product_name or "",
                limit=plain_figure(quota.limit_qty),
                unit=quota.unit_name or "",
                policy=policies.get(quota.policy, ""),
            )

    def action_view_orders(self):
        """Open the orders that these quotas counted."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        domain = [("quota_move_ids.quota_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_view_transfers(self):
        """Open the transfers from and to these quotas."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_transfer_action"
        )
        domain = ["|", ("source_id", "in", self.ids), ("target_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_recount(self):
        """Look at all orders of the period again; what is right stays as it is.

        :raises ValidationError: they need more than a limit that blocks
        """
        self.check_access("write")
        self.filtered(lambda quota: quota.state == "active")._count_existing()
        return True
