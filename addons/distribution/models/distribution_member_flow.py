# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL


class DistributionMember(models.Model):
    """A member; here: how it comes into the network and leaves it."""

    _inherit = "distribution.member"

    active_since = fields.Date(
        readonly=True, copy=False, help="When it became active the last time."
    )
    closed_on = fields.Date(readonly=True, copy=False)
    last_purchase_date = fields.Date(
        "Last Purchase",
        compute="_compute_last_purchase_date",
        help="The last confirmed order of this member, from anybody.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        today = fields.Date.context_today(self)
        return super().create(
            [
                {"active_since": today, **vals}
                if vals.get("state") == "active"
                else vals
                for vals in vals_list
            ]
        )

    def _compute_last_purchase_date(self):
        days = self._get_last_purchases()
        for member in self:
            member.last_purchase_date = days.get(member._origin.id, False)

    def action_verify(self):
        """Somebody has been there: the member exists and is what it says."""
        return self._move_members("verified")

    def action_activate(self):
        """The member may buy."""
        return self._move_members("active")

    def action_deactivate(self):
        """The member does not buy at present; its links and terms stay."""
        return self._move_members("inactive")

    def action_close(self):
        """The member is gone for good; its own supply links end today.

        :raises UserError: while it has open orders or supplies others
        """
        return self._move_members("closed")

    def action_reopen(self):
        """A closed member begins again as a prospect."""
        return self._move_members("prospect")

    def _move_members(self, target):
        self._check_flow_right()
        self.check_access("write")
        if target == "closed":
            self._check_can_leave()
        self._transition(target)
        return True

    def _check_flow_right(self):
        if not (
            self.env.su or self.env.user.has_group("distribution.group_supervisor")
        ):
            raise AccessError(
                self.env._(
                    "Members are verified, activated and closed by supervisors. Tell "
                    "yours what you know in the chatter of the member."
                )
            )

    def _prepare_transition_vals(self, target, reason):
        vals = super()._prepare_transition_vals(target, reason)
        today = fields.Date.context_today(self)
        if target == "active":
            vals["active_since"] = today
        vals["closed_on"] = today if target == "closed" else False
        return vals

    def _after_closed(self):
        """What supplied the closed members ends with them."""
        today = fields.Date.context_today(self)
        links = self.env["distribution.supply.link"].sudo()
        links = links.search([("buyer_id", "in", self.ids), ("date_to", "=", False)])
        begun = links.filtered(lambda link: link.date_from <= today)
        begun.date_to = today
        (links - begun).unlink()

    def write(self, vals):
        """Nobody leaves the network by being archived in mid-order.

        :raises UserError: while a member to be archived has open orders or buyers
        """
        if vals.get("active") is False:
            self.filtered("active")._check_can_leave()
        return super().write(vals)

    def unlink(self):
        """Only members without buyers and open orders go.

        :raises UserError: while one has them
        """
        self._check_can_leave()
        return super().unlink()

    def _check_can_leave(self):
        """Say what has to be done before these members may go.

        :raises UserError: naming each member with what holds it
        """
        obstacles = self._get_leave_obstacles()
        if not obstacles:
            return
        lines = [
            f"{member.display_name}: {'; '.join(texts)}"
            for member, texts in list(obstacles.items())[:10]
        ]
        raise UserError(
            self.env._(
                "These members cannot leave the network yet:\n%(lines)s\n"
                "Give their buyers another supplier (Actions, Hand Over Buyers), and "
                "finish or cancel their orders. Then try again.",
                lines="\n".join(lines),
            )
        )

    def _get_leave_obstacles(self):
        """``{member: [what holds it]}``; addons and other parts add their own."""
        obstacles = {}
        for member, buyers in self._get_current_buyers().items():
            names = ", ".join(buyers[:3].mapped("display_name"))
            obstacles.setdefault(member, []).append(
                self.env._(
                    "supplies %(count)s members (%(names)s…)",
                    count=len(buyers),
                    names=names,
                )
            )
        for member, count in self._get_open_order_counts().items():
            obstacles.setdefault(member, []).append(
                self.env._("has %(count)s open orders", count=count)
            )
        return obstacles

    def _get_current_buyers(self):
        """``{member: buyers outside these members whom it supplies now or later}``."""
        today = fields.Date.context_today(self)
        # a supervisor may not see every buyer, and must not leave one alone
        links = self.env["distribution.supply.link"].sudo()
        groups = links._read_group(
            [
                ("supplier_id", "in", self.ids),
                ("buyer_id", "not in", self.ids),
                ("buyer_id.state", "!=", "closed"),
                "|",
                ("date_to", "=", False),
                ("date_to", ">", today),
            ],
            ["supplier_id"],
            ["buyer_id:recordset"],
        )
        return {self.browse(supplier.id): buyers for supplier, buyers in groups}

    def _get_open_order_counts(self):
        """``{member: number of its orders that wait, are approved or not delivered}``;
        one query."""
        by_partner = {}
        for member in self:
            by_partner.setdefault(member.partner_id.id, []).append(member)
        # whoever closes a member may not see all its orders
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                Domain("partner_id.commercial_partner_id", "in", list(by_partner))
                & Domain("company_id", "in", self.company_id.ids)
                & self._get_open_order_domain(),
                ["partner_id", "company_id"],
                ["__count"],
            )
        )
        counts = {}
        for partner, company, count in groups:
            for member in by_partner.get(partner.commercial_partner_id.id, ()):
                if member.company_id == company:
                    counts[member] = counts.get(member, 0) + count
        return counts

    @api.model
    def _get_open_order_domain(self):
        """Orders that are not finished: submitted ones and those not delivered."""
        return Domain("state", "in", ("draft", "sent")) & Domain(
            "approval_state", "in", ("to_approve", "approved")
        ) | Domain("state", "=", "sale") & Domain(
            "delivery_status", "in", ("pending", "started", "partial")
        )

    def _get_last_purchases(self):
        """``{member id: date of its last purchase}``, one query."""
        if not self.ids:
            return {}
        self.env["sale.order"].flush_model(
            ["company_id", "date_order", "partner_id", "state"]
        )
        self.flush_model(["company_id", "partner_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT member_id, max(day) FROM (%s) purchase GROUP BY member_id",
                    SQL(" UNION ALL ").join(self._get_purchase_queries()),
                )
            )
        )

    def _get_purchase_queries(self):
        """``[SQL]`` of ``(member_id, day)`` of purchases; other parts append theirs."""
        return [
            SQL(
                "SELECT m.id AS member_id, max(o.date_order)::date AS day"
                " FROM distribution_member m"
                " JOIN res_partner p ON p.commercial_partner_id = m.partner_id"
                " JOIN sale_order o ON o.partner_id = p.id"
                "  AND o.company_id = m.company_id"
                " WHERE m.id = ANY(%s) AND o.state = 'sale' GROUP BY m.id",
                self.ids,
            )
        ]

    @api.model
    def _cron_deactivate(self):
        """Members who have not bought for as long as their company says turn inactive.

        Companies that say nothing are left alone.
        """
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search(
            [("distribution_inactive_days", ">", 0)]
        )
        for company in companies:
            limit = fields.Date.add(today, days=-company.distribution_inactive_days)
            members = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                    ("active_since", "<", limit),
                ]
            )
            days = members._get_last_purchases()
            idle = members.filtered(lambda m, d=days, at=limit: d.get(m.id, at) <= at)
            idle._transition(
                "inactive",
                self.env._(
                    "No purchase for %(days)s days",
                    days=company.distribution_inactive_days,
                ),
            )
