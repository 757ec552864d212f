# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .sale_order_quota import _SKIP

#: what a part has in common with the order it was taken from and Odoo does not copy
_SHARED = (
    "state",
    "locked",
    "date_order",
    "commitment_date",
    "client_order_ref",
    "signed_by",
    "signed_on",
    "approval_mode",
    "approval_state",
    "approval_reason",
    "submitted_at",
    "submitted_by_id",
    "approved_at",
    "approved_by_id",
    "channel_number",
    "channel_paid",
    "is_channel_test",
    "is_channel_history",
    "channel_ship_by",
    "buyer_note",
    "is_over_quota",
    "quota_excess",
    "quota_approval",
    "cash_on_delivery",
    "review_state",
    "reviewed_at",
    "classified_at",
    "hand_set_fields",
    "ship_by",
    "priority",
    "sourcing_state",
    "sourcing_trace",
    "sourced_at",
    "has_split_lines",
)


class SaleOrder(models.Model):
    """An order; here: divided into parts that ship by themselves, and joined again.

    The parts are orders of their own, with everything that was decided and promised:
    approved quantities, quota movements, holds, transfers and the channel's numbers of
    the lines move along. What was paid stays with the first one, so that nothing is
    counted twice; all totals together are what the total was. How lines, transfers and
    quotas move is in files of their own, `sale_order_split_*.py`.
    """

    _inherit = "sale.order"

    split_parent_id = fields.Many2one(
        "sale.order",
        "Split From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    split_child_ids = fields.One2many(
        "sale.order", "split_parent_id", "Parts", readonly=True
    )
    split_child_count = fields.Integer("Part Count", compute="_compute_split_count")
    split_reason = fields.Char(readonly=True, copy=False)
    is_sealed = fields.Boolean(
        "Sealed",
        copy=False,
        tracking=True,
        help="It stays as it is: neither split nor merged with others.",
    )
    can_split = fields.Boolean(compute="_compute_can_split")
    can_undo_split = fields.Boolean(compute="_compute_can_split")

    @api.depends("split_child_ids")
    def _compute_split_count(self):
        for order in self:
            order.split_child_count = len(order.split_child_ids)

    @api.depends("state", "locked", "split_parent_id")
    @api.depends_context("uid")
    def _compute_can_split(self):
        may = self.env.user.has_group("order_management.group_clerk")
        for order in self:
            is_open = may and order.state in ("draft", "sent", "sale")
            order.can_split = is_open and not order.locked
            order.can_undo_split = order.can_split and bool(order.split_parent_id)

    def action_split(self):
        """Ask how this order is to be split."""
        self.ensure_one()
        self._check_split_right()
        self._check_split_allowed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split %(order)s", order=self.display_name),
            "res_model": "sale.order.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_undo_split(self):
        """Bring the lines of these parts back to the orders they came from.

        :return: the action that opens the order they are in again
        :raises AccessError: who is no clerk
        :raises UserError: something was picked, shipped or invoiced since
        """
        self._check_split_right()
        parents = self.split_parent_id
        self._undo_split()
        return parents._get_records_action() if parents else True

    def action_view_split_parts(self):
        """Open the orders that were split from these."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        domain = [("id", "in", self.split_child_ids.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_view_split_parent(self):
        """Open the order that this one was split from."""
        return self.split_parent_id._get_records_action()

    # ------------------------------------------------------------- the way

    def _split(self, groups, reason):
        """Move lines of this order to orders of their own.

        :param groups: list of ``{line: quantity in its unit}``, one for each new order;
            what is not named stays
        :param reason: why, for the history
        :return: the new orders, in the order of ``groups``
        :raises UserError: something was picked, shipped or invoiced, nothing would
            stay, or more is asked for than there is
        """
        self.ensure_one()
        return self._split_each({self: groups}, reason)

    @api.model
    def _split_each(self, plans, reason):
        """As ``_split`` for many orders at once.

        :param plans: ``{order: groups}``
        :return: the new orders
        """
        orders = self.browse([order.id for order in plans])
        orders.check_access("write")
        orders._meet_others()
        orders._check_split_allowed()
        # sudo: the clerk's right to the order was checked; its transfers, holds and
        # quotas move with its lines, whoever may see them
        quiet = orders.sudo().with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            order_management_quota=_SKIP,
        )
        # the payment that tells it stays with the first part
        at_the_door = quiet.browse(quiet._get_cash_on_delivery_ids())
        at_the_door.filtered(
            lambda order: not order.cash_on_delivery
        ).cash_on_delivery = True
        plans = {
            order: [quiet._complete_group(order, group) for group in plans[order]]
            for order in quiet
        }
        totals = {order: order.amount_total for order in quiet}
        parts = quiet._create_split_parts(plans, reason)
        quiet._move_split_lines(parts)
        quiet._round_split_totals(totals, parts)
        quiet._share_split_state(parts)
        quiet._move_split_holds(parts)
        quiet._move_split_shortages(
            self.env["sale.order.line"].concat(
                *(line for _child, group in parts for line in group)
            )
        )
        quiet._move_split_transfers(parts)
        children = quiet.browse([child.id for child, _group in parts])
        quiet._share_quotas(children.grouped("split_parent_id"))
        children._take_over_shortages()
        quiet._log_split(children, reason)
        return children.with_env(self.env)

    def _create_split_parts(self, plans, reason):
        """The new orders, still empty quotations.

        :return: list of ``(order, {line: (quantity, new line or line)})``; see
            ``_move_split_lines``
        """
        vals_list, groups = [], []
        for order in self:
            start = len(order.split_child_ids)
            for number, group in enumerate(plans[order], start + 1):
                vals_list.append(order._prepare_split_vals(number, reason))
                groups.append(group)
        children = self.create(vals_list)
        return list(zip(children, groups, strict=True))

    def _prepare_split_vals(self, number, reason):
        """Values of a part of this order."""
        self.ensure_one()
        # Odoo's copy would leave these behind, or begin them anew
        [vals] = self.copy_data({"order_line": []})
        vals.pop("order_line", None)
        return {
            **vals,
            "name": f"{self.name}-{number}",
            "origin": self.origin,
            "split_parent_id": self.id,
            "split_reason": reason,
            "tag_ids": [Command.set(self.tag_ids.ids)],
        }

    def _log_split(self, children, reason):
        """One event an order: what became of it, and where a part comes from."""
        names = {
            order.id: ", ".join(part.name for part in children & order.split_child_ids)
            for order in self
        }
        text = self.env._("Split: %(reason)s", reason=reason or "")
        for order in self:
            order._log_event("split", to_state=names[order.id], reason=text)
        for parent, parts in children.grouped("split_parent_id").items():
            parts._log_event("split", from_state=parent.name, reason=text)

    def _meet_others(self):
        """Make whoever changes these orders now start over, or us."""
        self.flush_recordset()
        self._touch_approval()

    # --------------------------------------------------------- what is allowed

    def _check_split_right(self):
        """:raises AccessError: the user may not split or merge orders"""
        if not self.env.su and not self.env.user.has_group(
            "order_management.group_clerk"
        ):
            raise AccessError(
                self.env._(
                    "Splitting and merging orders needs the right Order Hub: Clerk. "
                    "Ask an administrator."
                )
            )

    def _check_split_allowed(self):
        """:raises UserError: an order that has to stay as it is, and why"""
        # sudo: transfers and invoices count, too, that the user does not see
        for order in self.sudo():
            if problem := order._get_split_problem():
                raise UserError(order._get_problem_text(problem))
        self._check_nothing_left(picked=True)

    def _get_split_problem(self):
        """Hook: why this order cannot be split; nothing when it can."""
        self.ensure_one()
        if self.state not in ("draft", "sent", "sale"):
            return self.env._("it is cancelled.")
        if self.locked:
            return self.env._("it is locked. Unlock it first.")
        if self.is_sealed:
            return self.env._("it is sealed and stays as it is. Open the seal first.")
        if self.approval_state == "to_approve" or any(
            line._is_raise_waiting() for line in self.order_line
        ):
            return self.env._("it waits for approval. Decide about it first.")
        if self.review_state == "held":
            return self.env._("the review holds it. Release it first.")
        if self.merge_group_id:
            return self.env._(
                "it ships together with others (%(group)s). Undo the merge first.",
                group=self.merge_group_id.name,
            )
        if any(invoice.state != "cancel" for invoice in self.invoice_ids):
            return self.env._("there is an invoice. Delete the draft first.")
        return False

    def _get_problem_text(self, problem):
        """What is wrong with this order, with its name in front."""
        self.ensure_one()
        return self.env._(
            "%(order)s: %(problem)s", order=self.display_name, problem=problem
        )

    def _get_split_root(self):
        """The order that everything of this one was once in."""
        self.ensure_one()
        root = self
        while root.split_parent_id:
            root = root.split_parent_id
        return root

    def _get_split_family(self):
        """These orders with all parts that came from them and are not cancelled.

        One query a generation, none more when nothing was split.
        """
        if not self.split_child_ids:
            return self  # still fetched together with those it was read with
        family = generation = self
        while generation := generation.split_child_ids:
            family |= generation
        return self | family.filtered(lambda order: order.state != "cancel")

    def _fetch_parts(self):
        """Look up the parts of all these orders in one query."""
        self.fetch(["split_child_ids", "split_parent_id"])

    def _get_split_shared(self):
        """Hook: stored fields that parts take over and that Odoo does not copy."""
        return list(_SHARED)
