# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html


class OrderQuota(models.Model):
    """A quota; here: its period, and the one that follows it."""

    _inherit = "order.quota"

    #: length of a period by its type; a season is as long as its dates say
    _PERIODS = {
        "day": relativedelta(days=1),
        "week": relativedelta(weeks=1),
        "month": relativedelta(months=1),
        "quarter": relativedelta(months=3),
        "year": relativedelta(years=1),
    }

    period_type = fields.Selection(
        [
            ("day", "Day"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("year", "Year"),
            ("season", "Season"),
        ],
        "Period",
        required=True,
        default="month",
        help="A season lasts as long as its dates say; the other periods have their "
        "own length.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of the period, in the company's time zone.",
    )
    period_label = fields.Char("Period of Time", compute="_compute_period_label")
    renew = fields.Boolean(
        "Open Next Period",
        help="When the period is over, the next one is opened with the same limit.",
    )
    carry_over_percent = fields.Float(
        "Carry Over (%)",
        digits=(5, 2),
        help="Share of an unused rest that moves to the next period.",
    )
    previous_id = fields.Many2one(
        "order.quota",
        "Period Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    next_ids = fields.One2many("order.quota", "previous_id", "Period After")
    is_rolled = fields.Boolean("Period Ended", readonly=True, copy=False)

    _dates_check = models.Constraint(
        "CHECK (date_from <= date_to)", "A quota cannot end before it begins."
    )
    _carry_over_check = models.Constraint(
        "CHECK (carry_over_percent BETWEEN 0 AND 100)",
        "The share carried over is between 0 and 100 %.",
    )
    _previous_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "This period is followed by another quota already.",
    )

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self).replace(day=1)

    @api.depends("period_type", "date_from")
    def _compute_date_to(self):
        for quota in self:
            quota.date_to = quota._get_period_end() or quota.date_to

    @api.depends("period_type", "date_from", "date_to")
    def _compute_period_label(self):
        for quota in self:
            start, end = quota.date_from, quota.date_to
            label = f"{start or ''} – {end or ''}"
            if not start or quota.period_type == "day":
                label = str(start or "")
            elif quota.period_type == "week" and start.weekday() == 0:
                year, week, _day = start.isocalendar()
                label = f"{year}-W{week:02}"
            elif start.day == 1 and quota.period_type == "month":
                label = f"{start:%Y-%m}"
            elif start.day == 1 and quota.period_type == "quarter":
                label = f"{start:%Y}-Q{(start.month + 2) // 3}"
            elif quota.period_type == "year" and (start.month, start.day) == (1, 1):
                label = f"{start:%Y}"
            quota.period_label = label

    @api.depends("name", "period_label")
    def _compute_display_name(self):
        for quota in self:
            quota.display_name = f"{quota.name or ''} · {quota.period_label}"

    @api.constrains("period_type", "date_from", "date_to")
    def _check_period_length(self):
        for quota in self:
            end = quota._get_period_end()
            if end and quota.date_to != end:
                raise ValidationError(
                    self.env._(
                        "A %(period)s from %(date_from)s ends on %(end)s. Take that "
                        "date, or the period “Season” for free dates.",
                        period=quota._get_period_type_label(),
                        date_from=quota.date_from,
                        end=end,
                    )
                )

    def action_generate(self, count, activate=True):
        """Make the periods that follow these quotas.

        :param int count: how many for each, at most 400
        :param activate: let them count at once; else they stay drafts
        :return: the new quotas
        :raises UserError: a season has no next period by itself
        """
        self.check_access("write")
        count = min(max(int(count), 0), 400)
        made = self.browse()
        last = self
        for _number in range(count):
            last = last._open_next()
            made |= last
        if activate:
            made.filtered(lambda quota: quota.state == "draft").action_activate()
        return made

    @api.model
    def _cron_open_periods(self, limit=200):
        """Open the periods that follow those which are over, and carry rests over.

        A quota for which that is not possible gets an activity that says why, and never
        stops the others.
        """
        self._open_ahead()
        while quotas := self._get_ended().try_lock_for_update(limit=limit):
            for quota in quotas.filtered(lambda quota: not quota.is_rolled):
                quota._roll_safely()
            remaining = len(self._get_ended())
            if not self.env["ir.cron"]._commit_progress(
                len(quotas), remaining=remaining
            ):
                break

    @api.model
    def _open_ahead(self):
        """Open what begins tomorrow, so that no order falls between two periods.

        What cannot be opened is told when the period is over.
        """
        due = self.search(
            [
                ("state", "=", "active"),
                ("renew", "=", True),
                ("next_ids", "=", False),
                ("date_to", "<=", fields.Date.add(fields.Date.today(), days=1)),
                ("date_to", ">=", fields.Date.today()),
            ],
            order="parent_id DESC, id",
        )
        for quota in due.try_lock_for_update():
            with contextlib.suppress(UserError), self.env.cr.savepoint():
                quota._open_next().action_activate()

    @api.model
    def _get_ended(self):
        """Active quotas whose last day is over where their company is."""
        # the day of the earliest zone is at most one ahead of UTC's
        quotas = self.search(
            [
                ("state", "=", "active"),
                ("is_rolled", "=", False),
                ("date_to", "<=", fields.Date.today()),
                "|",
                ("renew", "=", True),
                ("carry_over_percent", ">", 0),
            ],
            order="date_to, parent_id DESC, id",
        )
        now = fields.Datetime.now()
        return quotas.filtered(
            lambda quota: quota.date_to < self._get_day(quota.company_id, now)
        )

    def _roll_safely(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._roll()
        except UserError as error:
            # what cannot be done is told once; a person goes on from here
            self.is_rolled = True
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("The next period could not be opened"),
                note=plaintext2html(str(error)),
                user_id=self.create_uid.id,
            )

    def _roll(self):
        """This period is over: open the next one and carry the rest over, once."""
        self.ensure_one()
        following = self.next_ids
        if not following and self.renew:
            following = self._open_next()
        if following and following.state == "draft" and self.renew:
            following.action_activate()
        rest = self._get_carried_qty()
        if following and rest > 0:
            self._move_limit(following, rest, "carry_over", f"carry-{self.id}")
        self.is_rolled = True

    def _get_carried_qty(self):
        """The share of the unused rest that moves on, in steps of the unit."""
        self.ensure_one()
        rest = max(self.remaining_qty, 0.0) * self.carry_over_percent / 100
        if self.measure == "amount":
            return self.currency_id.round(rest)
        if self.measure == "orders":
            return float(int(rest))
        return self.uom_id.round(rest, rounding_method="DOWN")

    def _open_next(self):
        """The quotas of the following periods; those that exist already are taken.

        :raises UserError: a season, whose next dates nobody knows
        """
        vals_list = []
        following = self.next_ids
        for quota in self.filtered(lambda quota: not quota.next_ids):
            vals_list.append(quota._prepare_next_vals())
        quiet = self.with_context(mail_create_nolog=True, tracking_disable=True)
        created = quiet.create(vals_list).with_env(self.env)
        return following | created

    def _prepare_next_vals(self):
        self.ensure_one()
        if self.period_type == "season":
            raise UserError(
                self.env._(
                    "“%(quota)s” is a season: its next dates are not known. Copy it "
                    "and set them.",
                    quota=self.name,
                )
            )
        [vals] = self.copy_data()
        start = self.date_to + timedelta(days=1)
        carried = sum(
            self.env["order.quota.move"]
            .search([("quota_id", "=", self.id), ("kind", "=", "carry_over")])
            .mapped("delta_limit")
        )
        end = start + self._PERIODS[self.period_type] - timedelta(days=1)
        return {
            **vals,
            "name": self.name,
            "date_from": start,
            "date_to": end,
            "limit_qty": self.limit_qty - carried,
            "previous_id": self.id,
            "parent_id": self._get_next_parent(start, end).id,
        }

    def _get_next_parent(self, start, end):
        """The whole that the next period is a part of, if there is one."""
        for parent in (self.parent_id, self.parent_id.next_ids):
            if parent and parent.date_from <= start and end <= parent.date_to:
                return parent
        return self.browse()

    @api.model
    def _get_day(self, company, moment):
        """The date of a moment (naive UTC) in the company's time zone."""
        return utc.localize(moment).astimezone(self._get_zone(company)).date()

    @api.model
    def _get_zone(self, company):
        """The time zone in which a company's days begin and end.

        That of its address, else of its working hours, else UTC.
        """
        name = company.partner_id.tz
        if not name and "resource_calendar_id" in company._fields:
            name = company.resource_calendar_id.tz
        return timezone(name or "UTC")

    def _get_period_type_label(self):
        selection = self._fields["period_type"]._description_selection(self.env)
        return dict(selection)[self.period_type].lower()

    def _get_period_end(self):
        """Last day of the period that begins at ``date_from``; False for a season."""
        length = self._PERIODS.get(self.period_type)
        if not length or not self.date_from:
            return False
        return self.date_from + length - relativedelta(days=1)
