# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """A line; here: closed at what has left of it."""

    # split by concern
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def action_short_close(self, reason=None):
        """Close these lines at what has left; without a reason, ask for one.

        :return: True, or the action that opens the question
        :raises AccessError: not a reviewer
        :raises UserError: not confirmed, not under control, or nothing left to close
        """
        return self._request_short_close(reason, self.order_id)

    def _request_short_close(self, reason, orders):
        orders._check_reviewer()
        orders.check_access("write")
        orders._check_short_close_allowed()
        if (reason or "").strip():
            self._short_close(reason.strip())
            return True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Short Close"),
            "res_model": "sale.order.short.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self._filter_closable().ids},
        }

    def _is_goods(self):
        """Whether what leaves of this line is counted: goods, also kits."""
        self.ensure_one()
        return not self.display_type and self.product_id.type == "consu"

    def _get_closed_qty(self):
        """What this line is closed at, in its unit: what left, of a service what was
        delivered."""
        self.ensure_one()
        quantity = self.net_shipped_qty if self._is_goods() else self.qty_delivered
        return max(quantity, 0.0)

    def _filter_closable(self):
        """Those of these lines of which something could still leave."""
        return self.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.product_uom_id.compare(
                    max(line.product_uom_qty, line.approved_qty), line._get_closed_qty()
                )
                > 0
                and (
                    line.product_uom_id.compare(
                        line.approved_qty, line._get_closed_qty()
                    )
                    > 0
                    or line._is_raise_waiting()
                )
            )
        )

    def _short_close(self, reason):
        """Cancel what is open and hold these lines to what has left.

        :raises UserError: nothing left to close
        """
        lines = self._filter_closable()
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is left to close: all that was approved has left already."
                )
            )
        # transfers are cancelled by the system: a reviewer need not run a warehouse
        lines.sudo()._get_open_outgoing_moves()._action_cancel()
        before = {line.id: f"{line.approved_qty:g}" for line in lines}
        lines._write_closed_qty(reason)
        for quantity, alike in lines.grouped("approved_qty").items():
            alike._log_event("short_close", before, f"{quantity:g}", reason)
        orders = lines.order_id
        orders._refresh_raise_steps()
        orders._on_short_closed()
        orders._propose_refund(reason)

    def _get_open_outgoing_moves(self):
        """Moves on their way to the customer that are not done yet; what is to come
        back still comes back."""
        return self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and not move.location_id._is_customer_side()
                # of several steps the last one's place, known from the first one on
                and (
                    move.location_final_id or move.location_dest_id
                )._is_customer_side()
            )
        )

    def _write_closed_qty(self, reason):
        """One statement for all lines: rows are updated in the database, so that a
        shipment at the same moment starts over."""
        closed = {line.id: line._get_closed_qty() for line in self}
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order_line line
                SET approved_qty = closed.quantity, cut_reason = %s
                FROM unnest(%s, %s::numeric[]) AS closed(id, quantity)
                WHERE line.id = closed.id
                """,
                reason,
                list(closed),
                list(closed.values()),
            )
        )
        # written behind the ORM's back, flushed just before
        self.invalidate_recordset(["approved_qty", "cut_reason"], flush=False)
        self.modified(["approved_qty", "cut_reason"])
