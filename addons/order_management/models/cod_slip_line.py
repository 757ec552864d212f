# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .cod_slip import PARTS
from .stock_picking_tracking import TRACKING_STATES


class CodSlipLine(models.Model):
    """One parcel on a carrier's slip: what was collected, what it cost, what is due."""

    _name = "cod.slip.line"
    _description = "Parcel on a Cash on Delivery Slip"
    _order = "slip_id desc, id"
    _check_company_auto = True

    slip_id = fields.Many2one("cod.slip", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="slip_id.company_id", store=True, precompute=True, index=True
    )
    carrier_id = fields.Many2one(related="slip_id.carrier_id", store=True)
    currency_id = fields.Many2one(related="slip_id.currency_id")
    state = fields.Selection(related="slip_id.state", store=True)
    # stored for the index: only one slip that is not cancelled may have a parcel
    is_live = fields.Boolean(
        compute="_compute_is_live", store=True, precompute=True, readonly=True
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Parcel",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_id = fields.Many2one(related="picking_id.sale_id", string="Order")
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Receiver")
    tracking_ref = fields.Char("Tracking")
    outcome = fields.Selection(
        [("delivered", "Delivered"), ("returned", "Returned")],
        compute="_compute_outcome",
        store=True,
        readonly=False,
        precompute=True,
    )
    expected_amount = fields.Monetary(
        "To Collect",
        compute="_compute_expected_amount",
        store=True,
        precompute=True,
        help="What the parcel was sent out with; of a returned one nothing.",
    )
    cod_amount = fields.Monetary(
        "Collected",
        compute="_compute_cod_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    prepaid_amount = fields.Monetary("Prepaid", help="Paid to the carrier in advance.")
    freight = fields.Monetary()
    insurance = fields.Monetary()
    return_fee = fields.Monetary("Return")
    storage_fee = fields.Monetary("Storage")
    redirect_fee = fields.Monetary("Redirect")
    transfer_fee = fields.Monetary("Transfer")
    promotion = fields.Monetary()
    due_amount = fields.Monetary(
        "Due",
        compute="_compute_due_amount",
        store=True,
        help="Collected + prepaid - freight - insurance - return - storage - redirect "
        "- transfer + promotion.",
    )
    stated_amount = fields.Monetary(
        "Stated", help="What the carrier states to hand over for this parcel."
    )
    difference = fields.Monetary(
        compute="_compute_due_amount",
        store=True,
        help="Collected, as the carrier says, less what it had to collect.",
    )
    dispute_state = fields.Selection(
        [("none", "None"), ("open", "Disputed"), ("settled", "Settled")],
        "Dispute",
        default="none",
        required=True,
    )
    dispute_reason = fields.Char()

    _picking_uniq = models.UniqueIndex(
        "(picking_id) WHERE is_live AND picking_id IS NOT NULL",
        "This parcel is on another slip already. Take it off there first.",
    )
    _fees_check = models.Constraint(
        "CHECK (freight >= 0 AND insurance >= 0 AND return_fee >= 0"
        " AND storage_fee >= 0 AND redirect_fee >= 0 AND transfer_fee >= 0"
        " AND prepaid_amount >= 0 AND promotion >= 0 AND cod_amount >= 0)",
        "Amounts on a slip are entered without a sign.",
    )

    @api.depends("slip_id.state")
    def _compute_is_live(self):
        for line in self:
            line.is_live = line.slip_id.state != "cancelled"

    @api.depends("picking_id")
    def _compute_outcome(self):
        outcomes = self._get_outcomes(self.picking_id)
        for line in self:
            line.outcome = line.outcome or outcomes.get(line.picking_id, False)

    @api.model
    def _get_outcomes(self, pickings):
        """What became of parcels, ``{parcel: outcome}``; nothing while one is on its
        way.

        Of a carrier that never told where a parcel is, what left is taken as delivered.
        """
        told = [state for state, _label in TRACKING_STATES if state != "created"]
        # sudo: whether a carrier tells anything is no secret
        parcels_sudo = self.env["stock.picking"].sudo()
        silent = pickings.carrier_id.filtered(
            lambda carrier: (
                not parcels_sudo.search(
                    [("carrier_id", "=", carrier.id), ("tracking_state", "in", told)],
                    limit=1,
                )
            )
        )
        outcomes = dict.fromkeys(pickings, False)
        for picking in pickings.filtered(lambda picking: picking.state == "done"):
            state = picking.tracking_state
            if state in ("delivered", "returned"):
                outcomes[picking] = state
            elif not state or (
                state == "created"
                and (not picking.carrier_id or picking.carrier_id in silent)
            ):
                outcomes[picking] = "delivered"
        return outcomes

    @api.depends("picking_id.cod_amount", "outcome")
    def _compute_expected_amount(self):
        for line in self:
            is_returned = line.outcome == "returned"
            line.expected_amount = 0.0 if is_returned else line.picking_id.cod_amount

    @api.depends("expected_amount")
    def _compute_cod_amount(self):
        for line in self:
            line.cod_amount = line.expected_amount

    @api.depends(*PARTS, "expected_amount")
    def _compute_due_amount(self):
        for line in self:
            line.due_amount = sum(sign * line[name] for name, sign in PARTS.items())
            line.difference = line.cod_amount - line.expected_amount

    @api.constrains("picking_id", "slip_id", "outcome", "dispute_state")
    def _check_parcel(self):
        for line in self.filtered("picking_id"):
            picking, slip = line.picking_id, line.slip_id
            names = {"parcel": picking.display_name, "slip": slip.name}
            # a slip with disputes is never agreed on, and settling one asks again
            is_disputed = line.dispute_state == "open"
            if picking.state != "done" or not (line.outcome or is_disputed):
                raise ValidationError(
                    self.env._(
                        "%(parcel)s is neither delivered nor returned: it is not "
                        "settled yet. Say on the line what became of it, or leave it "
                        "out.",
                        **names,
                    )
                )
            if picking.carrier_id and picking.carrier_id != slip.carrier_id:
                raise ValidationError(
                    self.env._(
                        "%(parcel)s was sent with %(other)s, %(slip)s is of "
                        "%(carrier)s.",
                        other=picking.carrier_id.name,
                        carrier=slip.carrier_id.name,
                        **names,
                    )
                )
            if picking.sale_id and picking.sale_id.currency_id != slip.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(parcel)s is in another currency than %(slip)s.", **names
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Add parcels to slips that are not in the books yet."""
        lines = super().create(vals_list)
        lines.slip_id._check_changeable()
        return lines

    def write(self, vals):
        self.slip_id._check_changeable()
        result = super().write(vals)
        if "slip_id" in vals:
            self.slip_id._check_changeable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self.slip_id._check_changeable()

    def action_dispute(self):
        """Mark these parcels as disputed; why is asked for on the line.

        :raises UserError: the slip is agreed on
        """
        self.write({"dispute_state": "open"})
        return True

    def action_settle(self):
        """The dispute is over; what the line says is what both say.

        :raises UserError: there is none, or nobody wrote what it was about
        """
        for line in self:
            if line.dispute_state != "open" or not (line.dispute_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(parcel)s: write what the dispute was about before you "
                        "settle it.",
                        parcel=line.tracking_ref or line.picking_id.display_name,
                    )
                )
        self.write({"dispute_state": "settled"})
        return True
