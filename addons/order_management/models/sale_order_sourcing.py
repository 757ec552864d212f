# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: what has been chosen already; a person decides about the others
_CHOSEN = ("sourced", "partial")
#: what was decided about this very order, and no sourcing rule changes
_FIXED = ("manual", "ruled")


class SaleOrder(models.Model):
    """An order; here: from which warehouses it is served, and why.

    Rules choose when an order is about to be confirmed (`_source`); what they looked
    at is kept as facts in `sourcing_trace` and told in words by
    `sale_order_sourcing_trace.py`.
    """

    _inherit = "sale.order"

    sourcing_state = fields.Selection(
        [
            ("sourced", "Chosen"),
            ("partial", "Chosen, a part waits"),
            ("queued", "Waits for a person"),
            ("ruled", "Set by an order rule"),
            ("manual", "Chosen by hand"),
        ],
        "Warehouses",
        readonly=True,
        copy=False,
        help="Whether rules have chosen the warehouses that serve this order.",
    )
    # kilobytes an order: read only where somebody asks why; no customer's to read
    sourcing_trace = fields.Json(
        "Why These Warehouses",
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_user",
    )
    sourcing_rule_id = fields.Many2one(
        "order.sourcing.rule",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    sourced_at = fields.Datetime("Warehouses Chosen On", readonly=True, copy=False)
    sourcing_key = fields.Char(readonly=True, copy=False)
    has_split_lines = fields.Boolean(
        "Lines from Several Warehouses", readonly=True, copy=False
    )
    sourcing_line_ids = fields.One2many(
        "order.sourcing.line", "order_id", "Quantities by Warehouse", readonly=True
    )
    can_source = fields.Boolean(compute="_compute_can_source")

    _sourcing_queue_idx = models.Index(
        "(date_order DESC, id DESC, sourcing_state)"
        " WHERE sourcing_state IN ('queued', 'partial')"
    )

    @api.depends("state", "company_id")
    @api.depends_context("uid")
    def _compute_can_source(self):
        is_clerk = self.env.user.has_group("order_management.group_clerk")
        for order in self:
            order.can_source = (
                is_clerk
                and order.state in ("draft", "sent", "sale")
                and not order.locked
                and order.delivery_status != "full"
            )

    def write(self, vals):
        """Override of `sale_stock`: a warehouse that somebody sets stays set."""
        chosen = self.browse()
        if "warehouse_id" in vals and not self.env.context.get(
            "order_management_sourcing"
        ):
            chosen = self.filtered(
                lambda order: (
                    order.state in ("draft", "sent")
                    and vals["warehouse_id"]
                    and order.warehouse_id.id != vals["warehouse_id"]
                    and order._has_sourcing_rules()
                )
            )
        result = super().write(vals)
        for order in chosen:
            order._choose_by_hand(order.warehouse_id)
        return result

    def action_source(self):
        """Choose warehouses by the rules, again where that was done before.

        What somebody chose by hand is chosen anew, too: they asked for it.

        :return: a notification of what was chosen
        :raises UserError: no rules, or nothing left to send
        """
        self._check_source_allowed()
        for company in self.company_id:
            if not self.env["order.sourcing.rule"]._has_rules(company.id):
                raise UserError(
                    self.env._(
                        "%(company)s has no sourcing rules. A manager adds them under "
                        "Order Hub, Configuration, Sourcing Rules.",
                        company=company.name,
                    )
                )
        self._choose_by_rules()
        queued = self.filtered(lambda order: order.sourcing_state == "queued")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if queued else "success",
                "message": "\n".join(
                    f"{order.name}: {order._get_sourcing_message()}"
                    for order in self[:5]
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_sourcing_message(self):
        return self.sourcing_summary or self.env._("no sourcing rule is about it")

    def action_compare_sources(self):
        """Open the ways to serve this order, with distance, cost and date of each."""
        self._check_source_allowed()
        self.ensure_one()
        wizard = self.env["sale.order.sourcing"].create({"order_id": self.id})
        return wizard._get_action()

    def _check_source_allowed(self):
        """:raises AccessError: not a clerk
        :raises UserError: nothing can be changed any more"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "order_management.group_clerk"
        ):
            raise AccessError(
                self.env._(
                    "Choosing warehouses needs the right Order Hub: Clerk. Ask an "
                    "administrator for it."
                )
            )
        for order in self:
            if order.state == "cancel" or order.locked:
                raise UserError(
                    self.env._(
                        "%(order)s is cancelled or locked: its warehouses stay as they "
                        "are. Leave it out.",
                        order=order.display_name,
                    )
                )

    def _has_sourcing_rules(self):
        """Whether rules choose the warehouses of this order's company."""
        self.ensure_one()
        rules = self.env["order.sourcing.rule"]
        return bool(self.company_id) and rules._has_rules(self.company_id.id)

    # -------------------------------------------------------------- choosing

    def _source(self):
        """Override of the hub's steps: rules choose for those not chosen yet.

        What a person or an order rule chose, and what did not change since it was
        chosen, stays.
        """
        result = super()._source()
        orders = self.filtered(lambda order: order._is_to_source())
        if orders:
            orders._choose_by_rules()
        return result

    def _is_to_source(self):
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and self._has_sourcing_rules()
            and self.sourcing_state not in _FIXED
            # what somebody entered with a new order is a choice as well
            and (self.sourcing_state or not self._is_hand_set("warehouse_id"))
            and (
                self.sourcing_state not in _CHOSEN
                or self.sourcing_key != self._get_sourcing_key()
            )
        )

    def _choose_by_rules(self, reason=None, lines=None):
        """Choose warehouses for these orders together and let their goods follow.

        Open deliveries of confirmed orders are made anew where their warehouse
        changes. Orders that no rule finds warehouses for wait for a person.

        :param reason: why it is done again, for the trace
        :param lines: only these lines of the orders, whose room in a day was given
            back by the caller; None: all
        """
        # sudo: whoever confirms an order need no rights on warehouses and stock
        for company, orders_sudo in self.sudo().grouped("company_id").items():
            orders_sudo = orders_sudo.with_company(company)
            given = orders_sudo._give_sourcing_back() if lines is None else []
            plans = self.env["order.sourcing"].sudo()._solve(orders_sudo, lines)
            orders_sudo._apply_sourcing(plans, reason, lines)
            staying = orders_sudo._filter_staying(given, plans)
            self.env["order.sourcing.load"]._book(staying)

    def _filter_staying(self, bookings, plans):
        """Of what these orders gave back, that of those which stay where they are."""
        ids = {
            order.id
            for order in self
            if order not in plans or (order.state == "sale" and not plans[order].parts)
        }
        return [vals for vals in bookings if vals["order_id"] in ids]

    def _choose_by_hand(self, warehouse, parts=None, reason=None):
        """Serve an order as a person says.

        :param warehouse: where everything comes from that ``parts`` does not name
        :param parts: ``{line id: ((warehouse id, quantity), ...)}``
        :raises UserError: a warehouse of another company, or one that is archived
        """
        self.ensure_one()
        houses = warehouse.browse(
            {w for rows in (parts or {}).values() for w, _q in rows}
        )
        self._check_source_warehouses(warehouse | houses)
        order_sudo = self.sudo().with_company(self.company_id)
        self.env["order.sourcing.load"]._give_back(order_sudo)
        trace = {"result": "manual", "by": self.env.user.name, "reason": reason or ""}
        order_sudo._apply_choices({order_sudo: (warehouse.id, parts or {}, trace)})

    def _check_source_warehouses(self, warehouses):
        for warehouse_sudo in warehouses.sudo():
            if (
                warehouse_sudo.company_id != self.company_id
                or not warehouse_sudo.active
            ):
                raise UserError(
                    self.env._(
                        "%(warehouse)s is archived or belongs to another company than "
                        "%(order)s. Choose another warehouse.",
                        warehouse=warehouse_sudo.name,
                        order=self.display_name,
                    )
                )

    # ------------------------------------------------------------ given back

    def _action_cancel(self):
        """Override of `sale`: the day of its warehouses has room again."""
        result = super()._action_cancel()
        self._give_sourcing_back()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_give_sourcing_back(self):
        """Nothing stays booked for an order that goes."""
        self._give_sourcing_back()

    def _give_sourcing_back(self):
        """:return: vals of the bookings that are given back"""
        chosen = self.filtered("sourcing_state")
        if not chosen:
            return []
        return self.env["order.sourcing.load"]._give_back(chosen)
