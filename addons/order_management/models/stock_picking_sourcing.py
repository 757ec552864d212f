# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_ENDED = ("done", "cancel")


class StockPicking(models.Model):
    """A delivery; here: the warehouse says that it cannot ship it, or some of it.

    The moves are taken back, the warehouse is left alone for what it did not find, and
    the order is served from elsewhere, or waits for a person.
    """

    _inherit = "stock.picking"

    can_reject_sourcing = fields.Boolean(compute="_compute_can_reject_sourcing")

    @api.depends("state", "move_ids.sale_line_id", "picking_type_id")
    @api.depends_context("uid")
    def _compute_can_reject_sourcing(self):
        groups = ("group_warehouse", "group_manager")
        allowed = any(
            self.env.user.has_group(f"order_management.{group}") for group in groups
        )
        rules = self.env["order.sourcing.rule"]
        for picking in self:
            picking.can_reject_sourcing = (
                allowed
                and picking.state not in ("draft", *_ENDED)
                and picking.picking_type_id.code in ("outgoing", "internal")
                and rules._has_rules(picking.company_id.id)
                and bool(picking._get_rejectable_moves())
            )

    def action_reject_sourcing(self):
        """Ask what was not found, and why."""
        self.ensure_one()
        self._check_reject_allowed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cannot Ship"),
            "res_model": "stock.picking.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_id": self.id},
        }

    def _check_reject_allowed(self):
        """:raises AccessError: no right of the warehouse
        :raises UserError: nothing of an order is open here"""
        self.check_access("write")
        groups = ("group_warehouse", "group_manager")
        if not self.env.su and not any(
            self.env.user.has_group(f"order_management.{group}") for group in groups
        ):
            raise AccessError(
                self.env._(
                    "Saying that a delivery cannot be shipped needs the right Order "
                    "Hub: Warehouse. Ask an administrator for it."
                )
            )
        for picking in self:
            if picking.state in _ENDED or not picking._get_rejectable_moves():
                raise UserError(
                    self.env._(
                        "%(picking)s has no open goods of an order. Choose a delivery "
                        "that still has to leave.",
                        picking=picking.display_name,
                    )
                )

    def _get_rejectable_moves(self):
        """Open moves of sales orders in this transfer."""
        return self.move_ids.filtered(
            lambda move: (
                move.state not in _ENDED
                and move.sudo()._get_sourced_line()
                and not move.origin_returned_move_id
            )
        )

    def _reject_sourcing(self, moves, kind, reason):
        """Take back what cannot be shipped and serve it from elsewhere.

        :param moves: open moves of this transfer
        :param kind: ``not_found``: nobody gets the product from here for a while;
            ``cannot_ship``: this order does not
        :param reason: what the warehouse says
        :raises UserError: nothing to take back, or no reason
        :return: the orders
        """
        self.ensure_one()
        self._check_reject_allowed()
        moves &= self._get_rejectable_moves()
        if not moves or not (reason or "").strip():
            raise UserError(
                self.env._("Say which goods cannot be shipped, and why not.")
            )
        # sudo: the warehouse moves goods of orders that it may not change otherwise
        moves_sudo = moves.sudo()
        lines_sudo = moves_sudo.browse().sale_line_id.union(
            *(move._get_sourced_line() for move in moves_sudo)
        )
        products = moves_sudo.product_id
        warehouse_sudo = self.sudo().picking_type_id.warehouse_id
        self._exclude_sourcing(moves_sudo, lines_sudo, warehouse_sudo, kind, reason)
        lines_sudo._take_back(warehouse_sudo)
        orders_sudo = lines_sudo.order_id
        text = self.env._(
            "%(warehouse)s cannot ship %(products)s: %(reason)s",
            warehouse=warehouse_sudo.name,
            products=", ".join(products.mapped("display_name")),
            reason=reason.strip(),
        )
        orders_sudo._log_event("sourcing", reason=text)
        # an order of which something stays there still takes its place in the day
        staying = orders_sudo.order_line._filter_open_at(warehouse_sudo).order_id
        loads = self.env["order.sourcing.load"]
        loads._give_back(orders_sudo - staying, warehouse_sudo)
        orders_sudo._choose_by_rules(text, lines_sudo)
        orders_sudo._queue_unserved(lines_sudo, text)
        return orders_sudo.sudo(self.env.su)

    def _exclude_sourcing(self, moves, lines, warehouse, kind, reason):
        """Leave the warehouse alone: for the products, or for the orders."""
        exclusions = self.env["order.sourcing.exclusion"].sudo()
        common = {
            "warehouse_id": warehouse.id,
            "picking_id": self.id,
            "reason": reason.strip(),
            "expires_at": exclusions._get_end(self.company_id),
        }
        whats = [{"product_id": product.id} for product in moves.product_id]
        if kind == "cannot_ship":
            whats = [{"order_id": order.id} for order in lines.order_id]
        exclusions.create([{**common, **what} for what in whats])


class StockMove(models.Model):
    """A move; here: the order line whose goods it carries, one step or several."""

    _inherit = "stock.move"

    def _get_sourced_line(self):
        """The order line that this move serves, itself or by the steps after it."""
        self.ensure_one()
        if self.sale_line_id:
            return self.sale_line_id
        later = self.browse(self._rollup_move_dests())
        return later.sale_line_id[:1]
