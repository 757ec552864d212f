# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerPlaybook(models.Model):
    """What is done about customers who may leave, and whether it helps.

    Some of the customers are left alone on purpose, the same ones every time: what they
    do shows what would have happened without the play-book.
    """

    _name = "customer.playbook"
    _description = "Play-Book"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    churn_band = fields.Selection(
        [("watch", "Watch"), ("high", "High"), ("lost", "Probably Lost")],
        "Churn Risk",
        tracking=True,
    )
    segment_id = fields.Many2one(
        "customer.segment", check_company=True, ondelete="restrict", tracking=True
    )
    min_value = fields.Monetary(
        "Worth at Least", help="Value at risk below which nothing is done."
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Activity",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'res.partner'))]",
        default=lambda self: self.env.ref(
            "mail.mail_activity_data_call", raise_if_not_found=False
        ),
    )
    summary = fields.Char(translate=True)
    note = fields.Html(translate=True)
    delay_days = fields.Integer("Due in Days", default=2)
    assign_to = fields.Selection(
        [("salesperson", "The Customer's Salesperson"), ("user", "One Person")],
        "Assigned To",
        default="salesperson",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain=[("share", "=", False)],
        help="With salespeople, for customers who have none.",
    )
    max_per_day = fields.Integer(
        "Activities a Day", default=50, help="The most valuable customers come first."
    )
    holdout_percent = fields.Integer(
        "Left Alone (%)",
        default=10,
        help="Share of customers for whom nothing is done, to compare with.",
    )
    horizon_days = fields.Integer(
        "Saved Within Days",
        default=90,
        help="A purchase in this time saves a customer.",
    )
    pause_days = fields.Integer(
        "Again After Days", default=180, help="Days before a customer may enter again."
    )
    entry_ids = fields.One2many("customer.playbook.entry", "playbook_id")
    acted_count = fields.Integer("Done For", compute="_compute_rates")
    held_count = fields.Integer("Left Alone", compute="_compute_rates")
    acted_rate = fields.Float("Saved of Those", compute="_compute_rates")
    held_rate = fields.Float("Back by Themselves", compute="_compute_rates")
    lift = fields.Float(
        compute="_compute_rates",
        help="Share of customers saved beyond those who come back by themselves.",
    )

    _shares_check = models.Constraint(
        "CHECK (holdout_percent BETWEEN 0 AND 90 AND horizon_days > 0"
        " AND pause_days >= 0 AND delay_days >= 0 AND max_per_day > 0)",
        "Days and activities a day are above zero, and up to 90 % can be left alone.",
    )

    @api.depends("entry_ids.state")
    def _compute_rates(self):
        groups = self.env["customer.playbook.entry"]._read_group(
            [("playbook_id", "in", self.ids)],
            ["playbook_id", "arm"],
            ["__count", "saved:avg"],
        )
        found = {(book, arm): rest for book, arm, *rest in groups}
        for book in self:
            book.acted_count, acted = found.get((book, "acted"), (0, 0.0))
            book.held_count, held = found.get((book, "held_out"), (0, 0.0))
            book.acted_rate, book.held_rate = acted or 0.0, held or 0.0
            both = acted is not None and held is not None and book.held_count
            book.lift = book.acted_rate - book.held_rate if both else 0.0

    @api.constrains("churn_band", "segment_id", "assign_to", "user_id")
    def _check_condition(self):
        for book in self:
            if not (book.churn_band or book.segment_id):
                raise ValidationError(
                    self.env._("Choose a churn risk or a segment that begins it.")
                )
            if book.assign_to == "user" and not book.user_id:
                raise ValidationError(
                    self.env._("Choose the person it is assigned to.")
                )

    def _get_customer_domain(self, moment):
        """The customers in figures that enter today, whoever is asked."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("order_count", ">", 0)
        if self.churn_band:
            domain &= Domain("churn_band", "=", self.churn_band)
        if self.segment_id:
            domain &= Domain("partner_id.segment_ids", "in", self.segment_id.ids)
        if self.min_value:
            domain &= Domain("value_at_risk", ">=", self.min_value)
        if self.assign_to == "salesperson" and not self.user_id:
            domain &= Domain("user_id.active", "=", True)
        # without a pause once a day still, however often it is run
        since = moment.today - timedelta(days=max(self.pause_days, 1))
        lately = self.env["customer.playbook.entry"]._search(
            [("playbook_id", "=", self.id), ("entered_on", ">", since)]
        )
        return domain & Domain("partner_id", "not in", lately.subselect("partner_id"))

    def _run(self, moment):
        """Let customers enter: an activity for most, nothing for those left alone.

        :return: the new `customer.playbook.entry`
        """
        # salespeople's rights decide nothing here: it is the company's own work
        entries = self.env["customer.playbook.entry"].sudo()
        for book in self.sudo().with_company(moment.company):
            book = book.with_context(allowed_company_ids=moment.company.ids)
            left = book.max_per_day - entries.search_count(
                [("playbook_id", "=", book.id), ("entered_on", "=", moment.today)]
            )
            if left <= 0:
                continue
            snapshots = book.env["customer.snapshot"].search(
                book._get_customer_domain(moment),
                limit=left,
                order="value_at_risk DESC, id",
            )
            new = entries.create(
                [book._prepare_entry_vals(row, moment) for row in snapshots]
            )
            book._plan_activities(new.filtered(lambda entry: entry.arm == "acted"))
            entries |= new
        return entries

    def _is_left_alone(self, partner):
        """Chance decides, and decides the same for one customer every time."""
        text = f"{self.id}:{partner.id}".encode()
        number = int.from_bytes(hashlib.sha256(text).digest()[:4], "big")
        return number % 100 < self.holdout_percent

    def _prepare_entry_vals(self, snapshot, moment):
        user = snapshot.user_id.filtered("active")
        return {
            "playbook_id": self.id,
            "partner_id": snapshot.partner_id.id,
            "arm": "held_out" if self._is_left_alone(snapshot.partner_id) else "acted",
            "user_id": (
                self.user_id if self.assign_to == "user" else user or self.user_id
            ).id,
            "entered_on": moment.today,
            "horizon_on": moment.today + timedelta(days=self.horizon_days),
            "churn_band": snapshot.churn_band,
            "value_at_risk": snapshot.value_at_risk,
            "churn_reason": snapshot.churn_reason,
        }

    def _plan_activities(self, entries):
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [self._prepare_activity_vals(entry) for entry in entries]
        )

    def _prepare_activity_vals(self, entry):
        """Hook: the activity for one customer, in the language of who gets it."""
        lang = entry.user_id.lang or self.env.lang
        self, entry = self.with_context(lang=lang), entry.with_context(lang=lang)
        due = entry.entered_on + timedelta(days=self.delay_days)
        summary = self.summary or self.name
        if entry.reason:
            summary = f"{summary}: {entry.reason}"
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": entry.partner_id.id,
            "activity_type_id": self.activity_type_id.id,
            "summary": summary,
            "note": self.note,
            "date_deadline": due,
            "user_id": entry.user_id.id,
        }

    def action_view_entries(self):
        """Who entered, and what became of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_playbook_entry_action"
        )
        action["domain"] = [("playbook_id", "=", self.id)]
        return action

    def action_run(self):
        """Let customers enter now instead of tonight."""
        self.check_access("write")
        snapshots = self.env["customer.snapshot"]
        for company, books in self.grouped("company_id").items():
            books._run(snapshots._get_moment(company))
        return True
