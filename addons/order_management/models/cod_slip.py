# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a line adds to (+1) or takes from (-1) what the carrier hands over
PARTS = {
    "cod_amount": 1,
    "prepaid_amount": 1,
    "freight": -1,
    "insurance": -1,
    "return_fee": -1,
    "storage_fee": -1,
    "redirect_fee": -1,
    "transfer_fee": -1,
    "promotion": 1,
}

#: what is in the books once the slip is agreed on
_FIXED = {
    "carrier_id",
    "company_id",
    "currency_id",
    "date",
    "line_ids",
    "stated_amount",
    "journal_id",
    "account_id",
    "fee_account_id",
    "move_id",
}


class CodSlip(models.Model):
    """What a carrier collected at the doors and hands over, less its fees."""

    _name = "cod.slip"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Cash on Delivery Slip"
    _order = "date desc, id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "open": ("checking", "cancelled"),
        "checking": ("agreed", "open", "cancelled"),
        "agreed": ("paid",),
        "cancelled": ("open",),
    }

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    statement_ref = fields.Char(
        "Statement", copy=False, tracking=True, help="The carrier's number of it."
    )
    stated_amount = fields.Monetary(
        "Stated by the Carrier",
        copy=False,
        tracking=True,
        help="What the carrier says that it hands over.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("checking", "Checking"),
            ("agreed", "Agreed"),
            ("paid", "Paid"),
            ("cancelled", "Cancelled"),
        ],
        group_expand="_group_expand_state",
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        help="Checking: compared with the carrier's statement. Agreed: both say the "
        "same, it is in the books. Paid: the money has arrived.",
    )
    line_ids = fields.One2many("cod.slip.line", "slip_id", "Parcels", copy=False)
    line_count = fields.Integer(
        "Number of Parcels", compute="_compute_amounts", store=True
    )
    cod_amount = fields.Monetary("Collected", compute="_compute_amounts", store=True)
    fee_amount = fields.Monetary(
        "Fees",
        compute="_compute_amounts",
        store=True,
        help="All fees, less what was prepaid and promotions.",
    )
    due_amount = fields.Monetary("Due", compute="_compute_amounts", store=True)
    difference = fields.Monetary(
        compute="_compute_difference",
        store=True,
        help="What the carrier states less what is due.",
    )
    dispute_count = fields.Integer(
        "Open Disputes", compute="_compute_amounts", store=True
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "general"))],
        default=lambda self: self.env.company.cod_journal_id,
    )
    account_id = fields.Many2one(
        "account.account",
        "Owed by Carriers",
        check_company=True,
        default=lambda self: self.env.company.cod_account_id,
        help="Holds what was agreed until the money arrives.",
    )
    fee_account_id = fields.Many2one(
        "account.account",
        "Fees Account",
        check_company=True,
        default=lambda self: self.env.company.cod_fee_account_id,
    )
    move_id = fields.Many2one(
        "account.move", "Journal Entry", readonly=True, copy=False, index=True
    )
    paid_on = fields.Date(copy=False, tracking=True)
    note = fields.Text()

    _statement_uniq = models.UniqueIndex(
        "(carrier_id, statement_ref) WHERE statement_ref IS NOT NULL"
        " AND state <> 'cancelled'",
        "This statement of the carrier has been entered already.",
    )
    _move_uniq = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL", "A journal entry is of one slip."
    )
    _posted_check = models.Constraint(
        "CHECK (state NOT IN ('agreed', 'paid') OR move_id IS NOT NULL)",
        "A slip that is agreed on is in the books.",
    )

    @api.depends("line_ids.due_amount", "line_ids.cod_amount", "line_ids.dispute_state")
    def _compute_amounts(self):
        for slip in self:
            lines = slip.line_ids
            slip.line_count = len(lines)
            slip.cod_amount = sum(lines.mapped("cod_amount"))
            slip.due_amount = sum(lines.mapped("due_amount"))
            slip.fee_amount = slip.cod_amount - slip.due_amount
            slip.dispute_count = len(
                lines.filtered(lambda line: line.dispute_state == "open")
            )

    @api.depends("stated_amount", "due_amount")
    def _compute_difference(self):
        for slip in self:
            slip.difference = slip.stated_amount - slip.due_amount

    @api.model_create_multi
    def create(self, vals_list):
        """Number slips by their company's sequence."""
        for vals in vals_list:
            # the web client sends the default
            if vals.get("name") == self.env._("New"):
                del vals["name"]
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name)
        return super().create(vals_list)

    def write(self, vals):
        """Change a slip until it is agreed on.

        :raises UserError: when ``vals`` changes what is in the books
        """
        if _FIXED.intersection(vals):
            self._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_changeable()

    def action_check(self):
        """Begin to compare with the carrier's statement.

        :raises UserError: a slip without parcels
        """
        self.check_access("write")
        for slip in self:
            if not slip.line_ids:
                raise UserError(
                    self.env._(
                        "%(slip)s has no parcels. Add those that were delivered, or "
                        "import the carrier's statement.",
                        slip=slip.name,
                    )
                )
        self._transition("checking")
        return True

    def action_open(self):
        """Change the parcels again."""
        self.check_access("write")
        self._transition("open")
        return True

    def action_cancel(self):
        """Drop slips that are not in the books; their parcels are free again."""
        self.check_access("write")
        self._transition("cancelled")
        # now: the index lets nobody else have the parcels before
        self.line_ids.flush_recordset()
        return True

    def action_pay(self):
        """The money has arrived.

        :raises UserError: not agreed on yet
        """
        self.check_access("write")
        self.filtered(
            lambda slip: not slip.paid_on
        ).paid_on = fields.Date.context_today(self)
        self._transition("paid")
        return True

    def action_add_parcels(self):
        """Add all delivered parcels of the carrier that are on no slip yet."""
        self.check_access("write")
        self._check_changeable()
        for slip in self:
            lines = self.env["cod.slip.line"]
            pickings = self.env["stock.picking"].search(slip._get_parcel_domain())
            outcomes = lines._get_outcomes(pickings)
            pickings = pickings.filtered(
                lambda picking, slip=slip, outcomes=outcomes: (
                    picking.cod_currency_id == slip.currency_id and outcomes[picking]
                )
            )
            lines.create(
                [
                    {
                        "slip_id": slip.id,
                        "picking_id": picking.id,
                        "tracking_ref": picking.carrier_tracking_ref,
                    }
                    for picking in pickings
                ]
            )
        return True

    def action_view_lines(self):
        """Open the parcels, for searching and grouping."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.cod_slip_line_action"
        )
        return {**action, "domain": [("slip_id", "in", self.ids)], "context": {}}

    def action_view_move(self):
        """Open the journal entry."""
        return self.move_id._get_records_action()

    def _get_parcel_domain(self):
        """Parcels whose money the carrier has and that are on no slip."""
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("carrier_id", "=", self.carrier_id.id),
            ("state", "=", "done"),
            ("cod_state", "=", "open"),
        ]

    def _check_changeable(self):
        for slip in self:
            if slip.state in ("agreed", "paid"):
                raise UserError(
                    self.env._(
                        "%(slip)s is agreed on and in the books: it stays as it is.",
                        slip=slip.name,
                    )
                )
