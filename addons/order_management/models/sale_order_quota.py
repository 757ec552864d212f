# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

from ..tools.figures import plain_figure
from ..tools.quota_plan import make_plan

#: changes of an order that may change what it counts, or on which quotas
_COUNTED_FIELDS = frozenset(
    {
        "company_id",
        "currency_id",
        "partner_id",
        "partner_shipping_id",
        "sale_channel_id",
    }
)
#: changes of an order after which it may count in another way, or no more
_STAGE_FIELDS = frozenset({"approval_state", "is_channel_history", "state"})
#: kept by the machinery alone: no form, RPC call, import or default sets them
_KEPT = frozenset({"is_over_quota", "quota_approval", "quota_excess"})
#: Proofs that a call comes from here: objects that no RPC context can carry
_SAVED = object()
_SKIP = object()


class SaleOrder(models.Model):
    """An order; here: what it takes from quotas.

    One method brings what is counted in line with what the order is now,
    ``_settle_quotas``: submitted orders hold, confirmed ones consume, others take
    nothing. It may be called at any time and any number of times.
    """

    _inherit = "sale.order"

    is_over_quota = fields.Boolean("Over Quota", readonly=True, copy=False)
    quota_excess = fields.Json(
        readonly=True,
        copy=False,
        help="The quotas that had less left than the order asked for, at that time.",
    )
    quota_approval = fields.Json(
        readonly=True,
        copy=False,
        help="How much a reviewer approved over a quota.",
    )
    quota_move_ids = fields.One2many(
        "order.quota.move", "order_id", "Quota Movements", readonly=True
    )

    @api.model
    def default_get(self, fields):
        # neither a context key nor somebody's own default approves anything
        return super().default_get([name for name in fields if name not in _KEPT])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_quota_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_quota_kept(vals)
        # back to a quotation: its approval starts anew next, and takes all back then
        moved = not _STAGE_FIELDS.isdisjoint(vals) and vals.get("state") != "draft"
        moved = moved and vals.get("approval_state") != "approved"
        # confirmation puts its own time in the place of the buyer's
        moments = self._get_told_moments() if vals.get("state") == "sale" else None
        result = super().write(vals)
        if moved:
            self._settle_quotas(moments=moments)
        elif not _COUNTED_FIELDS.isdisjoint(vals):
            self._settle_counted()
        return result

    def _check_quota_kept(self, vals):
        """:raises AccessError: a field that only quotas and reviewers set"""
        if (
            _KEPT.isdisjoint(vals)
            or self.env.context.get("order_management_quota") is _SAVED
        ):
            return
        raise AccessError(
            self.env._(
                "What an order takes from quotas is not set by hand. A reviewer may "
                "approve it over its quota."
            )
        )

    def unlink(self):
        self._settle_quotas(stage="none")
        return super().unlink()

    def _after_approved(self):
        """Override of the approval: what the reviewer cut is given back."""
        result = super()._after_approved()
        self._settle_quotas()
        return result

    def _on_short_closed(self):
        """What will not be delivered any more is given back, as the quotas say."""
        self._settle_quotas()

    def _is_over_quota(self):
        """Those of these orders that ask for more than a quota with approval has."""
        over = self.browse()
        waiting = self.browse()
        for order in self:
            if order._get_quota_stage() == "none":
                waiting |= order
            elif any(row["policy"] == "approval" for row in order.quota_excess or ()):
                over |= order
        plan = waiting._plan_quotas(stage="hold")
        return over | waiting.filtered(
            lambda order: any(
                excess.booking.quota.policy == "approval"
                for excess in plan.excess.get(order.id, ())
            )
        )

    def _settle_quotas(self, stage=None, moments=None):
        """Bring what is counted in line with what these orders are now.

        Three queries for any number of orders and quotas, none in companies without.

        :param stage: ``none`` to take everything back, whatever the orders are
        :param moments: ``{order id: datetime}`` where the order date is another
        :return: orders left out because a quota has too little left; only those that
            wait for a reviewer, all others raise
        :raises UserError: a quota has too little left
        """
        orders = self._filter_counting()
        if not orders or self.env.context.get("order_management_quota") is _SKIP:
            return self.browse()
        plan = orders._plan_quotas(stage, moments)
        refused = self.browse(plan.refused)
        for order in refused - refused._filter_lenient(plan):
            raise UserError(order._get_quota_error(plan.refused[order.id]))
        self.env["order.quota.move"]._book(plan)
        orders._note_excess(plan)
        return refused

    def _filter_lenient(self, plan):
        """Orders that may wait for the reviewer without the hold they ask for.

        Those of a customer who paid or signed, and from then on until they fit.
        """
        lenient = self.env.context.get("order_management_quota_lenient")
        holding = {b.order_id for b in plan.bookings if b.held > 0}
        return self.filtered(
            lambda order: (
                order._get_quota_stage() == "hold"
                and (lenient or (order.is_over_quota and order.id not in holding))
                and order.approval_state == "to_approve"
            )
        )

    def _settle_returned(self):
        """After goods moved: settle what came back, and never stop the warehouse.

        What is sent again counts again, as far as its quota has room.
        """
        plan = self._plan_quotas(counting=True, capped=True)
        self.env["order.quota.move"]._book(plan)

    def _filter_counting(self):
        """Those of these orders whose company has quotas."""
        if not self:
            return self
        quotas = self.env["order.quota"].sudo()
        companies = self.company_id.filtered(lambda c: quotas._get_counting(c.id))
        return self.filtered(lambda order: order.company_id in companies)

    def _plan_quotas(
        self, stage=None, moments=None, only=None, counting=False, capped=False
    ):
        """What these orders would take from their quotas; nothing is written.

        :param only: quotas to look at, by default all
        :param counting: the orders are there anyway: nobody has to approve them
        :param capped: take no more than there is, instead of nothing
        :return: ``Plan``
        """
        orders = self._filter_counting().sudo()
        stages = {order.id: stage or order._get_quota_stage() for order in orders}
        bookings = orders._match_quotas(stages, moments or {})
        if only is not None:
            bookings = [b for b in bookings if b.quota.id in only._ids]
        orders._aim_bookings(bookings, stages)
        for booking in bookings if capped else ():
            if booking.asked > 0:
                room = min(booking.asked, max(booking.quota.room, 0.0))
                booking.aim(0.0, booking.held + booking.consumed + room)
        by_id = {order.id: order for order in self}
        return make_plan(
            bookings,
            lambda booking: (
                counting or by_id[booking.order_id]._may_exceed_quota(booking)
            ),
        )

    def _match_quotas(self, stages, moments=None):
        """The quotas that these orders meet, as bookings without a target.

        :param stages: ``{order id: stage}``; orders in stage ``none`` only give back
        """
        demand, wanted = [], []
        moments = moments or {}
        for order in self:
            if stages[order.id] == "none" and not order.id:
                continue
            demand.append(order._prepare_quota_demand(order.id, moments.get(order.id)))
            if stages[order.id] != "none":
                lines = order.order_line.filtered(lambda line: line._is_in_quotas())
                products = lines.product_id
                wanted += [(order.id, product_id) for product_id in products.ids]
        return self.env["order.quota"].sudo()._match(demand, wanted)

    def _prepare_quota_demand(self, key, moment=None):
        """What the scopes of quotas are found by; see ``order.quota._match``."""
        self.ensure_one()
        return (
            key,
            self.company_id.id,
            moment or self.date_order or fields.Datetime.now(),
            self.sale_channel_id.id or None,
            self.partner_id._origin.id or None,
            (self.partner_shipping_id or self.partner_id)._origin.id or None,
        )

    def _aim_bookings(self, bookings, stages):
        """Say of each booking what ought to be counted."""
        orders = {order.id: order for order in self}
        meter = self.env["order.quota"]._get_meter(self, bookings)
        for booking in bookings:
            order = orders[booking.order_id]
            stage = stages[order.id]
            quantity = 0.0
            if stage != "none" and booking.products:
                quantity = meter(order, booking, stage)
            give_back = booking.quota.give_back
            if stage == "consume":
                if give_back in ("never", "cancel"):
                    quantity = max(quantity, booking.consumed)
                booking.aim(0.0, quantity)
            else:
                kept = booking.consumed if give_back == "never" else 0.0
                booking.aim(max(quantity - kept, 0.0), kept)

    def _get_quota_stage(self):
        """Whether the order holds, consumes or takes nothing now."""
        self.ensure_one()
        if self.is_channel_history:
            return "none"
        if self.state == "sale":
            return "consume"
        if (
            self.state in ("draft", "sent")
            and self.approval_mode == "explicit"
            and self.approval_state in ("to_approve", "approved")
        ):
            return "hold"
        return "none"

    def _get_told_moments(self):
        """``{order id: order date}`` of quotations that a channel told the time of."""
        return {
            order.id: order.date_order
            for order in self
            if order.channel_number and order.state in ("draft", "sent")
        }

    def _may_exceed_quota(self, booking):
        """Whether somebody let this order take more than a quota with approval has."""
        self.ensure_one()
        if self.approval_mode == "explicit" and self.approval_state in (
            "to_approve",
            "approved",
        ):
            # held until a reviewer decides, or decided
            return True
        approved = (self.quota_approval or {}).get(str(booking.quota.id))
        target = booking.target_held + booking.target_consumed
        if approved and float_compare(target, approved, precision_digits=6) <= 0:
            return True
        # a quantity that a reviewer raises in a confirmed order is thereby approved
        return (
            self._origin.state == "sale"
            and booking.consumed > 0
            and not self.env.su
            and self.env.user.has_group("order_management.group_reviewer")
        )

    def _note_excess(self, plan):
        """Keep on the orders which quotas they were over when they asked."""
        within = {order.id: True for order in self}
        for booking in plan.bookings:
            within[booking.order_id] &= booking.quota.room >= 0 or not booking.asked
        kept = self.sudo().with_context(order_management_quota=_SAVED)
        clear = kept.browse()
        for order in kept:
            if items := plan.excess.get(order.id):
                rows = [self._prepare_excess(item) for item in items]
                order.write({"quota_excess": rows, "is_over_quota": True})
            elif order.is_over_quota and (
                within[order.id] or order._get_quota_stage() == "none"
            ):
                clear |= order
        if clear:
            clear.write({"quota_excess": False, "is_over_quota": False})

    @api.model
    def _prepare_excess(self, excess):
        quota = excess.booking.quota
        return {
            "quota_id": quota.id,
            "name": quota.name,
            "policy": quota.policy,
            "asked": excess.asked,
            "left": excess.left,
            "limit": quota.limit,
        }

    def _get_quota_error(self, excess):
        """Say which quota has too little left, and what to do about it."""
        self.ensure_one()
        quota = excess.booking.quota
        names = {
            "order": self.display_name,
            "quota": quota.name,
            "asked": plain_figure(excess.asked),
            "left": plain_figure(excess.left),
            "limit": plain_figure(quota.limit),
        }
        if quota.policy == "approval":
            return self.env._(
                "%(order)s asks for %(asked)s of the quota “%(quota)s”, which has "
                "%(left)s left of %(limit)s. A reviewer has to approve it over the "
                "quota first, or order less.",
                **names,
            )
        return self.env._(
            "%(order)s asks for %(asked)s of the quota “%(quota)s”, which has %(left)s "
            "left of %(limit)s. Order less, or have the limit raised.",
            **names,
        )
