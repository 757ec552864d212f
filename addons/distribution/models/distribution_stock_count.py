# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date


class DistributionStockCount(models.Model):
    """The stock of a member at the end of a month: expected, counted, explained.

    Opening + in - out - returns = expected; what was counted differs by the variance,
    which closing the month posts, so that the next month opens with what is there.
    """

    _name = "distribution.stock.count"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Channel Stock Count"
    _order = "date_to desc, member_id"
    _check_company_auto = True

    _TRANSITIONS = {"draft": ("closed",), "closed": ("draft",)}

    name = fields.Char(compute="_compute_name", store=True)
    member_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('keeps_stock', '=', True)]",
    )
    company_id = fields.Many2one(
        related="member_id.company_id", store=True, precompute=True, index=True
    )
    date_from = fields.Date(
        "Month",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        "Last Day", compute="_compute_date_to", store=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Counted By",
        check_company=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    state = fields.Selection(
        [("draft", "Counting"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "distribution.stock.count.line", "count_id", "Lines", copy=False
    )
    revision = fields.Integer("Times Closed", readonly=True, copy=False)
    variance_count = fields.Integer(
        "Differences", compute="_compute_variance_count", store=True
    )
    counted_percent = fields.Float("Counted (%)", compute="_compute_counted_percent")
    variance_value = fields.Monetary(
        compute="_compute_variance_count",
        store=True,
        help="Of the differences, at what the goods cost the member on average.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _month_uniq = models.Constraint(
        "UNIQUE (member_id, date_from)",
        "There is a count of this member for this month already: open that one.",
    )

    @api.depends("member_id.name", "date_from")
    def _compute_name(self):
        for count in self:
            month = count.date_from and count.date_from.strftime("%m/%Y") or ""
            count.name = f"{count.member_id.name or ''} {month}".strip()

    @api.depends("date_from")
    def _compute_date_to(self):
        for count in self:
            start = count.date_from
            count.date_to = start and start + relativedelta(day=31)

    @api.depends("line_ids.variance_qty", "line_ids.is_counted", "line_ids.price_unit")
    def _compute_variance_count(self):
        for count in self:
            counted = count.line_ids.filtered("is_counted")
            count.variance_count = len(counted.filtered("variance_qty"))
            count.variance_value = sum(
                line.variance_qty * line.price_unit for line in counted
            )

    @api.depends("line_ids.is_counted")
    def _compute_counted_percent(self):
        for count in self:
            counted = count.line_ids.filtered("is_counted")
            count.counted_percent = 100 * len(counted) / (len(count.line_ids) or 1)

    @api.model_create_multi
    def create(self, vals_list):
        """A count begins on the first of a month, with all that the ledger knows."""
        for vals in vals_list:
            if vals.get("date_from"):
                vals["date_from"] = fields.Date.to_date(vals["date_from"]).replace(
                    day=1
                )
        counts = super().create(vals_list)
        counts._load()
        return counts

    def write(self, vals):
        """Everything but member and month, which say what the figures are.

        :raises UserError: another member or month
        """
        if {"member_id", "date_from"} & vals.keys():
            raise UserError(
                self.env._("Make a new count for another member or another month.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if posted := self.filtered("revision"):
            raise UserError(
                self.env._(
                    "Count %(name)s has posted differences and stays as history.",
                    name=posted[0].name,
                )
            )

    def action_load(self):
        """Bring the expected figures up to date; what was counted stays."""
        self._check_open()
        self._load()
        return True

    def _check_open(self):
        self.check_access("write")
        for count in self:
            if count.state != "draft":
                raise UserError(
                    self.env._(
                        "The month of %(name)s is closed. A trade manager can open it "
                        "again.",
                        name=count.name,
                    )
                )

    def _load(self):
        """Figures of every product that moved or is there; one query a count."""
        for count in self:
            lines = {line.product_id.id: line for line in count.line_ids}
            new = []
            for product_id, *figures in count._read_figures():
                names = ("opening_qty", "in_qty", "out_qty", "other_qty")
                vals = dict(zip(names, map(float, figures[:4]), strict=True))
                vals["price_unit"] = float(figures[4] or 0)
                line = lines.pop(product_id, None)
                if line:
                    line.sudo().write(vals)
                else:
                    new.append({"count_id": count.id, "product_id": product_id, **vals})
            for line in lines.values():
                line.sudo().write(
                    {"opening_qty": 0, "in_qty": 0, "out_qty": 0, "other_qty": 0}
                )
            self.env["distribution.stock.count.line"].sudo().create(new)

    def _read_figures(self):
        """``[(product id, opening, in, out, other, average price)]``."""
        return self.env.execute_query(
            SQL(
                """
                SELECT product_id,
                    COALESCE(sum(stock_quantity) FILTER (WHERE date < %(start)s), 0),
                    COALESCE(sum(stock_quantity) FILTER (WHERE date >= %(start)s
                        AND kind IN ('sell_in', 'receipt', 'return_in', 'opening')
                    ), 0),
                    COALESCE(-sum(stock_quantity) FILTER (WHERE date >= %(start)s
                        AND kind IN ('sell_through', 'sell_out', 'return_out')), 0),
                    COALESCE(sum(stock_quantity) FILTER (WHERE date >= %(start)s
                        AND kind IN ('difference', 'adjustment')), 0),
                    sum(company_value) FILTER (WHERE kind IN ('sell_in', 'receipt'))
                    / NULLIF(sum(quantity) FILTER (
                        WHERE kind IN ('sell_in', 'receipt')), 0)
                FROM distribution_ledger
                WHERE member_id = %(member)s AND date <= %(end)s
                GROUP BY product_id
                HAVING bool_or(date >= %(start)s) OR sum(stock_quantity) <> 0
                ORDER BY product_id
                """,
                member=self.member_id.id,
                start=self.date_from,
                end=self.date_to,
            )
        )

    def action_close(self):
        """Post the differences and close the month.

        :raises UserError: the month is not over, an earlier one is open, a line is not
            counted or has a difference without a reason
        """
        self._check_open()
        for count in self.sorted("date_from"):
            # the turn comes first: what others post now makes this start over
            self.env["distribution.stock.book"]._take_turns(count.member_id)
            count._check_closable()
            count._load()
            count.line_ids._check_counted()
            count.sudo().revision += 1
            count._post_differences()
            self.env["distribution.stock.book"]._close_until(
                count.member_id, count.date_to
            )
            count._note_stock()
        return self._transition("closed")

    def _check_closable(self):
        today = fields.Date.context_today(self)
        if self.date_to >= today:
            raise UserError(
                self.env._(
                    "%(name)s: the month is not over. Close it after %(day)s.",
                    name=self.name,
                    day=format_date(self.env, self.date_to),
                )
            )
        earlier = self.search(
            [
                ("member_id", "=", self.member_id.id),
                ("date_from", "<", self.date_from),
                ("state", "=", "draft"),
            ],
            order="date_from",
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._(
                    "Months are closed in their order: close %(earlier)s first.",
                    earlier=earlier.name,
                )
            )
        books = self.env["distribution.stock.book"]._get_closed_until(self.member_id)
        until = books.get(self.member_id.id)
        if until and until >= self.date_to:
            raise UserError(
                self.env._(
                    "%(name)s: the member's stock is closed up to %(day)s already.",
                    name=self.name,
                    day=format_date(self.env, until),
                )
            )

    def _post_differences(self):
        """Differences of the lines, or sell-out where the member reports none."""
        vals_list = []
        for line in self.line_ids:
            vals_list += line._prepare_difference_vals()
        self.env["distribution.ledger"]._post(vals_list)

    def _note_stock(self):
        """Remember on the stock rows when they were counted and what expires."""
        rows = self.env["distribution.stock"].sudo()
        rows = rows.search([("member_id", "=", self.member_id.id)])
        expiry = {line.product_id: line.expiry_date for line in self.line_ids}
        for row in rows.filtered(lambda row: row.product_id in expiry):
            row.write(
                {"counted_on": self.date_to, "expiry_date": expiry[row.product_id]}
            )

    def action_reopen(self, reason=None):
        """Open the last closed month again; its postings stay, closing it again posts
        what changed since.

        :raises AccessError: anybody but a trade manager
        :raises UserError: a later month is closed
        """
        if not self.env.su and not self.env.user.has_group(
            "distribution.group_trade_manager"
        ):
            raise AccessError(
                self.env._("Only a trade manager opens a closed month again.")
            )
        Book = self.env["distribution.stock.book"]
        for count in self.sorted("date_from", reverse=True):
            Book._take_turns(count.member_id)
            until = Book._get_closed_until(count.member_id).get(count.member_id.id)
            if until and until > count.date_to:
                raise UserError(
                    self.env._(
                        "Open the later months of “%(member)s” first.",
                        member=count.member_id.display_name,
                    )
                )
            earlier = self.search_count(
                [
                    ("member_id", "=", count.member_id.id),
                    ("state", "=", "closed"),
                    ("date_from", "<", count.date_from),
                ],
                limit=1,
            )
            day = count.date_from - timedelta(days=1) if earlier else False
            Book._close_until(count.member_id, day)
        return self._transition("draft", reason)

    def action_view_ledger(self):
        """What moved in the months of these counts."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {
            **action,
            "domain": [
                ("member_id", "=", self.member_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ],
            "context": {},
        }
