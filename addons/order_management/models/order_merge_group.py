# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderMergeGroup(models.Model):
    """Orders whose deliveries leave in one parcel.

    The orders stay as they are, and so do their transfers: quantities, ceilings and
    invoices are each order's own. The group shares one tracking number, and the carrier
    is asked, and paid, once.
    """

    _name = "order.merge.group"
    _inherit = ["order.state.mixin", "mail.thread"]
    _description = "Parcel of Several Orders"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "proposed": ("merged", "dismissed"),
        "merged": ("undone",),
    }

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("merged", "Merged"),
            ("undone", "Undone"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        tracking=True,
    )
    order_ids = fields.Many2many(
        "sale.order", string="Orders", readonly=True, check_company=True
    )
    order_count = fields.Integer("Orders to Ship", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Receiver", readonly=True, index=True, ondelete="restrict"
    )
    channel_ids = fields.Many2many("sale.channel", compute="_compute_figures")
    carrier_id = fields.Many2one("delivery.carrier", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Text("Why", readonly=True)
    hours_apart = fields.Float(readonly=True, help="From the first order to the last.")
    first_order_at = fields.Datetime("First Order", readonly=True)
    picking_ids = fields.One2many(
        "stock.picking", "merge_group_id", "Transfers", readonly=True
    )
    carrier_tracking_ref = fields.Char("Tracking", compute="_compute_figures")
    amount_total = fields.Monetary("Total", compute="_compute_figures")
    weight = fields.Float(
        compute="_compute_figures", digits="Stock Weight", help="Of all transfers."
    )
    is_shipped = fields.Boolean("Shipped", compute="_compute_figures")

    def _compute_figures(self):
        for group in self:
            orders, pickings = group.order_ids, group.picking_ids
            group.channel_ids = orders.sale_channel_id
            group.amount_total = sum(orders.mapped("amount_total"))
            group.weight = sum(pickings.mapped("weight"))
            group.is_shipped = bool(pickings) and all(
                picking.state == "done" for picking in pickings
            )
            refs = filter(None, pickings.mapped("carrier_tracking_ref"))
            group.carrier_tracking_ref = next(refs, False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(group.state not in ("proposed", "dismissed") for group in self):
            raise UserError(self.env._("What was merged is kept as history. Undo it."))

    def action_merge(self):
        """Ship the orders of these proposals together.

        :raises AccessError: who is no clerk
        :raises UserError: one of the orders changed since, or was picked
        """
        self.env["sale.order"]._check_split_right()
        self.check_access("read")
        orders = self.order_ids
        orders.check_access("write")
        orders._meet_others()
        for group in self:
            group._check_mergeable()
        # sudo: the clerk may change the orders; their parcels are the group's business
        for group in self.sudo():
            group.order_ids.write({"merge_group_id": group.id})
            group._log_merge(self.env._("Merged for shipping"))
        self.sudo()._transition("merged")
        return True

    def action_undo(self):
        """Ship the orders by themselves again.

        :raises AccessError: who is no clerk
        :raises UserError: something has left, or the carrier has given a number
        """
        self.env["sale.order"]._check_split_right()
        self.check_access("read")
        orders = self.order_ids
        orders.check_access("write")
        orders._meet_others()
        for group in self.sudo():
            done = group.picking_ids.filtered(
                lambda picking: picking.state == "done" or picking.carrier_tracking_ref
            )
            if done:
                raise UserError(
                    self.env._(
                        "%(group)s: %(transfers)s left already or has a tracking "
                        "number. Take that back first.",
                        group=group.name,
                        transfers=", ".join(done.mapped("name")),
                    )
                )
            mine = group.order_ids.filtered(
                lambda order, group=group: order.merge_group_id == group
            )
            mine.write({"merge_group_id": False})
            group._log_merge(self.env._("Merge undone"))
        self.sudo()._transition("undone")
        return True

    def action_dismiss(self):
        """Do not ship these together, and do not ask again.

        :raises AccessError: who is no clerk
        """
        self.env["sale.order"]._check_split_right()
        self.check_access("read")
        self.order_ids.check_access("write")
        self.sudo()._transition("dismissed")
        return True

    def action_ship(self):
        """Validate the transfers of this parcel together."""
        self.ensure_one()
        pickings = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        if not pickings:
            raise UserError(
                self.env._(
                    "Nothing of %(group)s is ready to leave: pick it first.",
                    group=self.name,
                )
            )
        return pickings.button_validate()

    def action_view_orders(self):
        """Open the orders of these parcels."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        return {**action, "domain": [("id", "in", self.order_ids.ids)], "context": {}}

    def action_view_pickings(self):
        """Open the transfers of these parcels."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        return {**action, "domain": [("id", "in", self.picking_ids.ids)], "context": {}}

    def _check_mergeable(self):
        """:raises UserError: an order that cannot ship with the others any more"""
        self.ensure_one()
        orders = self.order_ids.sudo()
        for order in orders:
            if problem := order._get_merge_problem():
                raise UserError(order._get_problem_text(problem))
        keys = {order._get_merge_key() for order in orders}
        if len(keys) != 1:
            raise UserError(
                self.env._(
                    "%(group)s: the orders do not go to the same receiver and address "
                    "in the same way any more. Look for proposals again.",
                    group=self.name,
                )
            )

    def _log_merge(self, text):
        self.ensure_one()
        self.order_ids._log_event("merge", to_state=self.name, reason=text)
