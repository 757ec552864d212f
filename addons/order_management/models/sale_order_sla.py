# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.columns import create_column_with_default

_COMPUTED = ("sla_step", "sla_since", "sla_deadline", "sla_soon_at")


class SaleOrder(models.Model):
    """An order; here: the step it is in, and until when that may take.

    Stored, so that a list of a million orders finds the late ones by an index; whether
    one is late depends on the clock and is computed. Without deadlines in the company
    nothing is computed and nothing written.
    """

    _inherit = "sale.order"

    sla_step = fields.Selection(
        [("review", "Review"), ("approve", "Approval"), ("ship", "Shipping")],
        "Step",
        compute="_compute_sla",
        store=True,
        help="What the order waits for: to be looked at, approved or shipped.",
    )
    sla_since = fields.Datetime(
        "In This Step Since", compute="_compute_sla", store=True
    )
    sla_deadline = fields.Datetime("Deadline", compute="_compute_sla", store=True)
    sla_soon_at = fields.Datetime("Due Soon At", compute="_compute_sla", store=True)
    sla_state = fields.Selection(
        [("late", "Late"), ("soon", "Due Soon"), ("ok", "In Time")],
        "Timeliness",
        compute="_compute_sla_state",
        search="_search_sla_state",
    )

    _sla_deadline_idx = models.Index(
        "(sla_deadline, id) WHERE sla_deadline IS NOT NULL"
    )

    def _auto_init(self):
        """Make the columns before the ORM does, which would fill them row by row:
        deadlines of open orders are computed when they are switched on."""
        for name in _COMPUTED:
            create_column_with_default(self.env.cr, self, name, None)
        return super()._auto_init()

    @api.model
    def _get_sla_depends(self):
        """Hook: fields of an order that tell its step, or until when it may take."""
        return [
            "approval_mode",
            "approval_state",
            "approved_at",
            "channel_number",
            "company_id",
            "delivery_status",
            "is_channel_history",
            "is_channel_test",
            "review_state",
            "sale_channel_id",
            "ship_by",
            "state",
            "submitted_at",
            "warehouse_id",
        ]

    @api.depends(lambda self: self._get_sla_depends())
    def _compute_sla(self):
        clocks = {}
        for order in self:
            if not order.company_id.has_sla and order.id:
                continue  # plain: nothing was ever stored, nothing is written
            step = since = False
            if order.company_id.has_sla:
                step, since = order._get_sla_step()
                since = step and (since or order.create_date or fields.Datetime.now())
            deadline = step and order._get_sla_deadline(step, since, clocks)
            order.sla_step = step
            order.sla_since = since
            order.sla_deadline = deadline
            order.sla_soon_at = deadline and order._get_sla_soon(since, deadline)

    @api.depends("sla_deadline", "sla_soon_at")
    def _compute_sla_state(self):
        now = fields.Datetime.now()
        for order in self:
            order.sla_state = order.sla_deadline and (
                "late"
                if order.sla_deadline <= now
                else "soon"
                if order.sla_soon_at <= now
                else "ok"
            )

    @api.model
    def _search_sla_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            False: Domain("sla_deadline", "=", False),
            "late": Domain("sla_deadline", "<=", now),
            "soon": Domain("sla_deadline", ">", now) & Domain("sla_soon_at", "<=", now),
            "ok": Domain("sla_deadline", ">", now) & Domain("sla_soon_at", ">", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _get_sla_step(self):
        """The step this order is in, and since when; (False, False) when in none."""
        self.ensure_one()
        nothing = (False, False)
        if self.is_channel_history or self.is_channel_test or self.state == "cancel":
            return nothing
        if self.state == "sale":
            if self.delivery_status in (False, "full"):
                return nothing
            return "ship", self._get_sla_approved_at()
        if self.review_state == "held":
            # a quotation may be days old before its confirmation finds something
            own = not self.channel_number
            return "review", self.reviewed_at if own else self.create_date
        if self.approval_state == "to_approve":
            return "approve", self.submitted_at
        if self.approval_state == "approved":
            return "ship", self._get_sla_approved_at()
        if self.approval_state == "refused":
            return "review", self.approved_at
        # quotations that people write have all the time they need
        if self.channel_number:
            return "review", self.create_date
        return nothing

    def _get_sla_approved_at(self):
        """When it was allowed to leave: approved, else confirmed."""
        approved = self.approval_mode == "explicit" and self.approved_at
        return approved or self.date_order

    def _get_sla_deadline(self, step, since, clocks):
        """Until when a step may take, naive UTC.

        :param clocks: clocks that were used before, filled here
        """
        if step == "ship" and self.ship_by:
            return self.ship_by
        channel, company = self.sale_channel_id, self.company_id
        rule = channel if channel.has_own_sla else company
        calendar = rule.sla_calendar_id
        if step == "ship":
            calendar = self.warehouse_id.resource_calendar_id or calendar
        hours = {
            "review": rule.sla_review_minutes / 60,
            "approve": rule.sla_approve_minutes / 60,
            "ship": rule.sla_ship_hours,
        }[step]
        return self._get_clock(calendar, company, clocks).add(since, hours)

    @api.model
    def _get_clock(self, calendar, company, clocks):
        """The clock of a calendar; each is made once in ``clocks``."""
        key = (calendar.id, company.id)
        if key not in clocks:
            zone = self.env["order.quota"]._get_zone(company)
            # sudo: whoever works an order need not read working hours
            clocks[key] = calendar.sudo()._get_work_clock(zone)
        return clocks[key]

    def _get_sla_soon(self, since, deadline):
        warn = timedelta(minutes=self.company_id.sla_soon_minutes)
        return deadline - max(min(warn, (deadline - since) / 3), timedelta(0))

    @api.model
    def _get_sla_domain(self):
        """Orders that may be in a step at all."""
        return Domain("state", "in", ("draft", "sent")) | (
            Domain("state", "=", "sale")
            & Domain("delivery_status", "in", ("pending", "started", "partial"))
        )

    @api.model
    def _refresh_sla(self, domain):
        """Have the deadlines of open orders computed again: a setting was changed.

        Where deadlines were switched off, they are forgotten.

        :param domain: which orders
        """
        orders = self.sudo().with_context(active_test=False)
        off = orders._search(Domain(domain) & Domain("company_id.has_sla", "=", False))
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order SET sla_step = NULL, sla_since = NULL,
                    sla_deadline = NULL, sla_soon_at = NULL
                WHERE sla_deadline IS NOT NULL AND id IN %s
                """,
                off.subselect(),
                to_flush=[orders._fields[name] for name in _COMPUTED],
            )
        )
        # written behind the ORM's back, flushed just before
        orders.invalidate_model(list(_COMPUTED), flush=False)
        found = orders.search(
            Domain(domain)
            & Domain("company_id.has_sla", "=", True)
            & self._get_sla_domain()
        )
        for name in _COMPUTED:
            self.env.add_to_compute(self._fields[name], found)
