# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero

from .distribution_ledger_post import MAX_QUANTITY


class DistributionStockCountLine(models.Model):
    """One product of a stock count; quantities in the product's unit."""

    _name = "distribution.stock.count.line"
    _description = "Channel Stock Count Line"
    _order = "count_id, product_id"
    _rec_name = "product_id"

    count_id = fields.Many2one(
        "distribution.stock.count", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="count_id.company_id", store=True, precompute=True, index=True
    )
    member_id = fields.Many2one(
        related="count_id.member_id", store=True, precompute=True, index=True
    )
    date_to = fields.Date(related="count_id.date_to", store=True)
    state = fields.Selection(related="count_id.state", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict"
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    opening_qty = fields.Float("Opening", digits="Product Unit", readonly=True)
    in_qty = fields.Float("In", digits="Product Unit", readonly=True)
    out_qty = fields.Float("Out", digits="Product Unit", readonly=True)
    other_qty = fields.Float("Corrected", digits="Product Unit", readonly=True)
    expected_qty = fields.Float(
        "Expected", digits="Product Unit", compute="_compute_expected_qty", store=True
    )
    counted_qty = fields.Float("Counted", digits="Product Unit")
    is_counted = fields.Boolean(
        "Was Counted",
        compute="_compute_is_counted",
        store=True,
        readonly=False,
        help="Zero counts only when it was counted.",
    )
    variance_qty = fields.Float(
        "Difference", digits="Product Unit", compute="_compute_variance_qty", store=True
    )
    reason = fields.Selection(
        [
            ("sold", "Sold, not reported"),
            ("damaged", "Damaged or expired"),
            ("lost", "Lost or stolen"),
            ("sample", "Samples and gifts"),
            ("transfer", "Moved to another place"),
            ("late", "Delivery posted late"),
            ("mistake", "Earlier mistake"),
            ("other", "Other"),
        ],
        help="Why the count differs from what is expected.",
    )
    note = fields.Char()
    expiry_date = fields.Date("Earliest Expiry")
    price_unit = fields.Float("Average Cost", readonly=True, aggregator="avg")

    _product_uniq = models.Constraint(
        "UNIQUE (count_id, product_id)", "The product is in this count already."
    )
    _counted_check = models.Constraint(
        f"CHECK (counted_qty >= 0 AND counted_qty < {MAX_QUANTITY:.0f})",
        "Counted quantities are zero or more.",
    )

    @api.depends("opening_qty", "in_qty", "out_qty", "other_qty")
    def _compute_expected_qty(self):
        for line in self:
            line.expected_qty = (
                line.opening_qty + line.in_qty - line.out_qty + line.other_qty
            )

    @api.depends("counted_qty")
    def _compute_is_counted(self):
        for line in self:
            line.is_counted = line.is_counted or bool(line.counted_qty)

    @api.depends("expected_qty", "counted_qty", "is_counted")
    def _compute_variance_qty(self):
        for line in self:
            line.variance_qty = (
                line.counted_qty - line.expected_qty if line.is_counted else 0.0
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Add products to a count that is open."""
        lines = super().create(vals_list)
        lines.count_id._check_open()
        return lines

    def write(self, vals):
        """Change lines while the month is open."""
        if not vals.keys() <= {"date_to", "state", "member_id", "company_id"}:
            self.count_id._check_open()
        return super().write(vals)

    def unlink(self):
        """Remove lines while the month is open."""
        self.count_id._check_open()
        return super().unlink()

    def _check_counted(self):
        """Every line is counted, every difference explained.

        :raises UserError: naming the product
        """
        for line in self:
            if not line.is_counted:
                raise UserError(
                    self.env._(
                        "%(product)s was not counted. Type what is there, zero "
                        "included, and tick “Was Counted”.",
                        product=line.product_id.display_name,
                    )
                )
            needs_reason = line.variance_qty > 0 or line.member_id.reports_sales
            if needs_reason and not line._is_even() and not line.reason:
                raise UserError(
                    self.env._(
                        "%(product)s: choose a reason for the difference of "
                        "%(variance)g.",
                        product=line.product_id.display_name,
                        variance=line.variance_qty,
                    )
                )

    def _is_even(self):
        return float_is_zero(self.variance_qty, precision_digits=6)

    def _prepare_difference_vals(self):
        """Postings that bring the ledger to what was counted.

        A member that does not report what it sells has sold what is missing, unless
        another reason is given.
        """
        self.ensure_one()
        if self._is_even():
            return []
        count = self.count_id
        is_sale = self.variance_qty < 0 and (
            self.reason == "sold" or not (self.reason or self.member_id.reports_sales)
        )
        sign = -1 if is_sale else 1
        return [
            {
                "member_id": self.member_id.id,
                "product_id": self.product_id.id,
                "kind": "sell_out" if is_sale else "difference",
                "quantity": sign * self.variance_qty,
                "price_unit": self.price_unit,
                "date": count.date_to,
                "res_model": count._name,
                "res_id": count.id,
                "key": f"{count._name}:{count.id}:{count.revision}:{self.id}",
                "reason": self.note or self._get_reason_label(),
            }
        ]

    def _get_reason_label(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        return labels.get(self.reason) or self.env._("Derived from the count")
