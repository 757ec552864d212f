# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: holds that a confirmation or a payment has to look at
_ENDS = ("active", "expired")
#: how long the goods of a paid order stay held while it waits for an approval
_PAID_DAYS = 7


class SaleOrder(models.Model):
    """An order; here: its goods are held before it is confirmed, and reserved then."""

    _inherit = "sale.order"

    hold_ids = fields.One2many("stock.hold", "order_id", "Holds", readonly=True)
    held_until = fields.Datetime(
        compute="_compute_held_until",
        help="When the first of its holds ends by itself.",
    )
    can_hold = fields.Boolean(compute="_compute_can_hold")

    @api.depends("hold_ids.expires_at", "hold_ids.state")
    def _compute_held_until(self):
        ends = {}
        if self._has_company_with_holds():
            ends = dict(
                self.env["stock.hold"]
                .sudo()  # whoever sees the order may know
                ._read_group(
                    [("order_id", "in", self._origin.ids), ("state", "=", "active")],
                    ["order_id"],
                    ["expires_at:min"],
                )
            )
        for order in self:
            order.held_until = ends.get(order._origin, False)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_hold(self):
        may_hold = self.env["stock.hold"].has_access("create")
        for order in self:
            order.can_hold = may_hold and order.state in ("draft", "sent")

    def action_hold(self):
        """Ask until when the goods of these quotations are to be held."""
        self._check_hold_allowed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Extend Hold")
            if any(order.held_until for order in self)
            else self.env._("Hold Stock"),
            "res_model": "sale.order.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def action_release_holds(self):
        """Give back what is held for these orders.

        :raises AccessError: nobody's orders to change
        """
        self.check_access("write")
        if not self.env["stock.hold"].has_access("create"):
            raise AccessError(
                self.env._(
                    "Holding and releasing stock needs the right Order Hub: Clerk. Ask "
                    "an administrator for it."
                )
            )
        # sudo: the order's goods are its clerk's business, whoever held them
        self._get_active_holds()._transition("released")
        return True

    def _check_hold_allowed(self):
        """:raises UserError: an order that is not a quotation any more"""
        self.env["stock.hold"].check_access("create")
        for order in self:
            if order.state not in ("draft", "sent"):
                raise UserError(
                    self.env._(
                        "%(order)s is not a quotation any more: its goods are reserved "
                        "by its delivery. Leave it out.",
                        order=order.display_name,
                    )
                )

    # holding

    def _hold(self, until, kind="quotation", partial=False, reason=None):
        """Hold the goods of these quotations, or bring their holds up to date.

        Lines whose goods are not there are left out, the others are held: a line as a
        whole, unless ``partial``. What is held already stays and ends at ``until``.

        :param until: datetime (UTC, naive) when the holds end, or ``{order: datetime}``
        :param kind: a value of ``stock.hold.kind``
        :param partial: hold a part of a line where not all of it is there
        :return: ``{line: {product: quantity missing, product's unit}}``, empty when all
            is held
        :raises psycopg2.errors.SerializationFailure: somebody else was faster; the
            request is retried by Odoo
        """
        orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        wanted = orders.order_line._get_hold_quantities()
        existing = orders._get_holds_by_need()
        for line, product in existing.keys() - {
            (x, y) for x in wanted for y in wanted[x]
        }:
            existing.pop((line, product))._transition("released")
        missing, plan = orders._plan_holds(wanted, existing, partial)
        ends = until if isinstance(until, dict) else dict.fromkeys(orders, until)
        vals_list = []
        for (line, product), quantity in plan.items():
            hold = existing.get((line, product))
            if not hold:
                vals = line._prepare_hold_vals(product, quantity, kind)
                vals.update(expires_at=ends[line.order_id], reason=reason)
                vals_list.append(vals)
            elif product.uom_id.compare(hold.quantity, quantity):
                hold.quantity = quantity
        for hold in existing.values():
            if hold.expires_at != ends[hold.order_id]:
                hold.expires_at = ends[hold.order_id]
        # sudo: a visitor's payment holds as well
        self.env["stock.hold"].sudo().create(vals_list)
        return missing

    def _plan_holds(self, wanted, existing, partial):
        """What to hold for which line, given what is there.

        :return: (missing, ``{(line, product): quantity}``)
        """
        lines = self.env["sale.order.line"].browse(line.id for line in wanted)
        products = self.env["product.product"].union(
            *(product for quantities in wanted.values() for product in quantities)
        )
        warehouses = lines.warehouse_id
        self.env["stock.hold"]._claim_stock(products, warehouses)
        room = products._get_available_to_promise_by_warehouse(warehouses)
        for (_line, product), hold in existing.items():
            key = product.id, hold.warehouse_id.id
            if key in room:
                room[key] += hold.quantity  # nobody stands in one's own way
        missing, plan = {}, {}
        for line, quantities in wanted.items():
            short, take = line._get_holdable(quantities, room)
            if short:
                missing[line] = short
            if not short or partial:
                for product, quantity in take.items():
                    room[product.id, line.warehouse_id.id] -= quantity
                    plan[line, product] = quantity
        return missing, plan

    def _get_holds_by_need(self):
        """``{(line, product): hold}`` of what is held in the line's warehouse."""
        holds = self._get_active_holds()
        over = holds.filtered(lambda hold: not hold._is_running())
        over._transition("expired")  # before the sweep: others may have taken it
        holds = (holds - over).filtered("sale_line_id")
        found = {}
        for hold in holds:
            key = hold.sale_line_id.sudo(False), hold.product_id.sudo(False)
            if hold.warehouse_id == hold.sale_line_id.warehouse_id and key not in found:
                found[key] = hold
            else:
                hold._transition("released")
        return found

    def _hold_for_payment(self, minutes=30):
        """Hold the goods of carts while they are paid; again: for longer.

        Never stops a checkout: the caller decides what to tell the buyer.

        :return: as ``_hold``; empty when everything is held
        """
        until = fields.Datetime.now() + timedelta(minutes=minutes)
        return self._hold(until, kind="cart")

    def write(self, vals):
        """Override of `sale`: a payment that comes late asks for the goods again."""
        unpaid = self.browse()
        if vals.get("channel_paid") and self._has_company_with_holds():
            unpaid = self.filtered(lambda order: not order.channel_paid)
        result = super().write(vals)
        unpaid._hold_after_payment()
        return result

    def _hold_for_approval(self):
        """Override: what was accepted and waits for approval stays held."""
        result = super()._hold_for_approval()
        self._hold_after_payment()
        return result

    def _hold_after_payment(self):
        """Keep the goods of quotations that are paid and still wait for something.

        Only of those that held some before. A hold that ran out in the meantime is made
        again if its goods are still there, else somebody is told; nothing is raised.
        """
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        if not quotations._has_company_with_holds():
            return
        holds = self.env["stock.hold"].sudo()
        held = holds._read_group(
            [("order_id", "in", quotations.ids), ("state", "in", _ENDS)], ["order_id"]
        )
        paid = quotations & self.browse(order.id for [order] in held)
        if not paid:
            return
        until = fields.Datetime.now() + timedelta(days=_PAID_DAYS)
        missing = paid._hold(until, kind="unpaid")
        short = self.browse(line.order_id.id for line in missing)
        short._tell_late(self.env._("Paid after its hold had ended: not all is there"))

    def _get_active_holds(self):
        """Active holds of these orders, with superuser rights; none is asked for as
        long as nothing was ever held."""
        holds_sudo = self.env["stock.hold"].sudo()
        if not self._has_company_with_holds():
            return holds_sudo
        return holds_sudo.search(
            [("order_id", "in", self.ids), ("state", "=", "active")], order="id"
        )

    def _get_held_quantities(self):
        """What runs for these orders: ``{(order id, product id, warehouse id):
        quantity in the product's unit}``."""
        if not self._origin._has_company_with_holds():
            return {}
        groups = (
            self.env["stock.hold"]
            .sudo()  # whoever sees the order may know
            ._read_group(
                [
                    ("order_id", "in", self._origin.ids),
                    *self.env["stock.hold"]._get_running_domain(),
                ],
                ["order_id", "product_id", "warehouse_id"],
                ["quantity:sum"],
            )
        )
        return {
            (order.id, product.id, warehouse.id): quantity
            for order, product, warehouse, quantity in groups
        }

    def _has_company_with_holds(self):
        return any(order.company_id.has_holds for order in self)

    # what becomes of it

    def _action_confirm(self):
        """Override of `sale`: what is held becomes a reservation, in one step.

        The hold ends and the delivery reserves in the same transaction, whatever the
        reservation method: the goods were set aside already. An order whose hold ran
        out is confirmed like any other; if its goods are gone, somebody is told.
        """
        if not self._has_company_with_holds():
            return super()._action_confirm()
        converted, late = self._convert_holds()
        held = converted.order_id.sudo(self.env.su) & self
        if self - held:
            super(SaleOrder, self - held)._action_confirm()
        if held:
            # waits for its goods rather than leaving them to a later transaction
            waiting = held.with_context(order_management_reserve_wait=True)
            super(SaleOrder, waiting)._action_confirm()
            waiting._reserve_held(converted.product_id)
        (late & self)._report_late()
        return None

    def _convert_holds(self):
        """End the holds of these orders because their goods are reserved now.

        :return: (holds that became reservations, orders whose holds had run out)
        """
        holds = (
            self.env["stock.hold"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "in", _ENDS)], order="id")
        )
        running = holds.filtered(lambda hold: hold._is_running())
        running._transition("converted")
        over = holds - running
        over.filtered(lambda hold: hold.state == "active")._transition("expired")
        late = (over.order_id - running.order_id).sudo(self.env.su)
        return running, late

    def _reserve_held(self, products):
        """Reserve the moves of these orders that confirming them did not reserve."""
        moves = self.order_line.move_ids
        moves |= moves.browse(moves._rollup_move_origs())
        moves.filtered(
            lambda move: (
                move.product_id in products.sudo(False)
                and move.state in ("confirmed", "partially_available")
            )
        )._action_assign()

    def _report_late(self):
        """Tell somebody about confirmed orders whose hold had run out, if their goods
        are not there any more."""
        short = self.filtered(
            lambda order: any(
                move.product_id.is_storable
                and move.state in ("confirmed", "waiting", "partially_available")
                for move in order.order_line.move_ids
            )
        )
        short._tell_late(
            self.env._("Confirmed after its hold had ended: not all is there")
        )

    def _tell_late(self, reason):
        """One event and one activity an order."""
        if not self:
            return
        self._log_event("stock", reason=reason)
        for order in self:
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=reason,
                user_id=order.user_id.id or self.env.uid,
            )

    def _action_cancel(self):
        """Override of `sale`: what was held is given back."""
        result = super()._action_cancel()
        self._get_active_holds()._transition("released")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_release_holds(self):
        """Nothing stays held for an order that goes."""
        self._get_active_holds()._transition("released")
        # PostgreSQL takes order and lines off a hold one after the other, in the order
        # of its triggers' names, and may find a hold of this transaction with a line
        # that is gone. What it does by itself is done here, lines first
        holds = self.env["stock.hold"]
        holds.flush_model(["order_id", "sale_line_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE stock_hold SET sale_line_id = NULL WHERE order_id IN %s",
                tuple(self.ids),
            )
        )
        holds.invalidate_model(["sale_line_id"])
