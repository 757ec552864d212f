# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..tools.figures import plain_figure
from ..tools.quota_plan import Excess
from .sale_order_quota import _SAVED

#: less than this share of the limit left is shown as little
_LITTLE = 0.1


class SaleOrder(models.Model):
    """An order; here: what people see of its quotas, and what they may decide."""

    _inherit = "sale.order"

    quota_warning = fields.Text(compute="_compute_quota_warning")
    quota_level = fields.Selection(
        [("warn", "Warning"), ("approval", "Needs approval"), ("block", "Blocked")],
        compute="_compute_quota_warning",
    )
    has_quotas = fields.Boolean(compute="_compute_has_quotas")
    quota_count = fields.Integer("Quotas", compute="_compute_quota_count")

    @api.depends(
        "state",
        "approval_state",
        "quota_excess",
        "quota_approval",
        "partner_id",
        "partner_shipping_id",
        "sale_channel_id",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.price_subtotal",
    )
    def _compute_quota_warning(self):
        self.quota_warning = self.quota_level = False
        open_orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        waiting = open_orders.filtered(lambda o: o._get_quota_stage() == "none")
        excess = defaultdict(list)
        for booking in waiting._get_preview():
            if booking.asked > booking.quota.room:
                item = Excess(booking, booking.asked, booking.quota.room)
                excess[booking.order_id].append(self._prepare_excess(item))
        for order in open_orders - waiting:
            excess[order.id] = order.quota_excess or []
        for order in open_orders:
            rows = excess[order.id]
            if not rows:
                continue
            levels = [row["policy"] for row in rows]
            order.quota_level = next(
                level for level in ("block", "approval", "warn") if level in levels
            )
            order.quota_warning = "\n".join(map(self._describe_excess, rows))

    @api.depends("company_id")
    def _compute_has_quotas(self):
        counting = self._filter_counting()
        for order in self:
            order.has_quotas = order in counting

    def _compute_quota_count(self):
        groups = (
            self.env["order.quota.move"]
            .sudo()
            ._read_group(
                [("order_id", "in", self._origin.ids)],
                ["order_id"],
                ["quota_id:count_distinct"],
            )
            if self._filter_counting()
            else ()
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.quota_count = counts.get(order._origin.id, 0)

    def action_view_quotas(self):
        """Open what these orders took from quotas."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_move_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def action_approve_over_quota(self):
        """Let quotations take more than quotas with approval have left.

        :raises AccessError: not a reviewer
        """
        self._check_reviewer()
        self.check_access("write")
        plan = self._plan_quotas(stage="hold")
        for order in self:
            approved = {
                str(item.booking.quota.id): item.booking.target_held
                + item.booking.target_consumed
                for item in plan.excess.get(order.id, ())
                if item.booking.quota.policy == "approval"
            }
            if not approved:
                continue
            excess = [self._prepare_excess(item) for item in plan.excess[order.id]]
            order.sudo().with_context(order_management_quota=_SAVED).write(
                {
                    "quota_approval": {**(order.quota_approval or {}), **approved},
                    "quota_excess": excess,
                    "is_over_quota": True,
                }
            )
            order._log_event(
                "approval",
                reason=self.env._(
                    "Approved over quota: %(excess)s",
                    excess="; ".join(map(self._describe_excess, excess)),
                ),
            )
        return True

    def action_ask_over_quota(self):
        """Ask the reviewers to let these quotations go over their quotas.

        :raises UserError: there is nobody to ask
        """
        self.check_access("write")
        group = self.env.ref("order_management.group_reviewer")
        for order in self:
            reviewers = group.sudo().all_user_ids.filtered(
                lambda user, order=order: (
                    not user.share and order.company_id in user.company_ids
                )
            )
            if not reviewers:
                raise UserError(
                    self.env._("There is no reviewer. Ask an administrator for one.")
                )
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Approve over quota?"),
                note=plaintext2html(order.quota_warning or ""),
                user_id=reviewers[0].id,
            )
        return True

    def _settle_counted(self):
        """After a change of lines: settle the orders that count already."""
        self._filter_counting().filtered(
            lambda order: order._get_quota_stage() != "none"
        )._settle_quotas()

    def _get_preview(self):
        """What each of these quotations, saved or not, would take if submitted now.

        :return: list of ``Booking``; each order by itself, as nothing is held yet
        """
        orders = self._filter_counting().sudo()
        keys = {order: order._origin.id or -n for n, order in enumerate(orders, 1)}
        bookings = orders._match_preview(keys)
        by_key = {key: order for order, key in keys.items()}
        meter = self.env["order.quota"]._get_meter(orders, bookings)
        for booking in bookings:
            order = by_key[booking.order_id]
            booking.aim(meter(order, booking, "hold") if booking.products else 0.0, 0.0)
            booking.order_id = order.id
        return bookings

    def _match_preview(self, keys):
        demand, wanted = [], []
        for order in self:
            key = keys[order]
            demand.append(order._prepare_quota_demand(key))
            lines = order.order_line.filtered(lambda line: line._is_in_quotas())
            wanted += [(key, product.id) for product in lines.product_id._origin]
        return self.env["order.quota"].sudo()._match(demand, wanted)

    def _preview_quotas(self):
        """``{(order id, product id): [quota as the line shows it]}``, tightest first.

        ``left`` is what the quota has for this order, its own part included.
        """
        result = defaultdict(list)
        for booking in self._get_preview():
            row = self._prepare_preview(booking)
            for product_id in booking.products:
                result[booking.order_id, product_id].append(row)
        for rows in result.values():
            rows.sort(key=lambda row: row["after"] / (row["limit"] or 1))
        return result

    @api.model
    def _prepare_preview(self, booking):
        quota = booking.quota
        demand = booking.target_held + booking.target_consumed
        left = round(quota.room + booking.held + booking.consumed, 6)
        after = round(left - demand, 6)
        level = "little" if after < _LITTLE * quota.limit else "ok"
        currency = self.env["res.currency"].browse(quota.currency_id or ())
        unit = self.env["uom.uom"].browse(quota.uom_id or ())
        return {
            "id": quota.id,
            "name": quota.name,
            "policy": quota.policy,
            "measure": quota.measure,
            "unit": unit.sudo().name or currency.name or "",
            "limit": quota.limit,
            "left": left,
            "demand": demand,
            "after": after,
            "level": "over" if after < 0 else level,
        }

    @api.model
    def _describe_excess(self, row):
        names = {name: plain_figure(row[name]) for name in ("asked", "left", "limit")}
        names["name"] = row["name"]
        texts = {
            "block": self.env._(
                "Quota “%(name)s”: %(asked)s asked for, %(left)s left of %(limit)s. "
                "Order less, or have the limit raised.",
                **names,
            ),
            "approval": self.env._(
                "Quota “%(name)s”: %(asked)s asked for, %(left)s left of %(limit)s. A "
                "reviewer has to approve it.",
                **names,
            ),
            "warn": self.env._(
                "Quota “%(name)s”: %(asked)s asked for, %(left)s left of %(limit)s.",
                **names,
            ),
        }
        return texts[row["policy"]]
