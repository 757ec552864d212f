# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, float_round

from ..tools.columns import create_column_with_default

#: the tolerance of the CHECK: noise of unit conversions, never a piece
CEILING_TOLERANCE = 0.000001

#: kept by the machinery alone: no form, RPC call, import or default sets them
_KEPT_FIELDS = frozenset({"approval_mode", "net_shipped_qty"})
#: a reviewer's decision
_DECISION_FIELDS = frozenset({"approved_qty", "cut_reason"})
#: what the shipped counter and the approved quantity are figures of
_MEASURE_FIELDS = ("product_id", "product_uom_id", "order_id")
#: changes of a line that were not in what the reviewer approved, whatever the quantity
_TERM_FIELDS = (*_MEASURE_FIELDS, "price_unit", "discount")
_WATCHED_FIELDS = (*_TERM_FIELDS, "product_uom_qty")


class SaleOrderLine(models.Model):
    """What was ordered; here: how much of it may leave, and how much has left."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "order.event.mixin"]

    # Stored, all three: the CHECK below is the last word on the ceiling
    approval_mode = fields.Selection(
        related="order_id.approval_mode", store=True, precompute=True, copy=False
    )
    # digits=0 is NUMERIC without rounding: what has left of a dozen or a pallet, one by
    # one, must be approvable as it is
    approved_qty = fields.Float(
        string="Approved",
        digits=0,
        compute="_compute_approved_qty",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The most that may leave for the customer, in the line's unit: returns "
        "given back, whatever they are credited for.",
    )
    cut_reason = fields.Char(
        string="Reason",
        copy=False,
        index="trigram",
        help="Why the approved quantity is not the ordered one.",
    )
    net_shipped_qty = fields.Float(
        string="Net Shipped",
        digits=0,  # as above: 1001 pieces of a pallet of 1000 count
        readonly=True,
        copy=False,
        help="Physically left for the customer less physically come back, in the "
        "line's unit. Kept only under approval control.",
    )

    _net_shipped_approved_check = models.Constraint(
        "CHECK (COALESCE(approval_mode, 'none') = 'none' OR "
        "COALESCE(net_shipped_qty, 0) <= COALESCE(approved_qty, 0) + 0.000001)",
        "More would leave for the customer than was approved.",
    )

    @api.depends("product_uom_qty", "approval_mode")
    def _compute_approved_qty(self):
        for line in self:
            # a negative quantity brings goods back: nothing may leave for it
            ordered = max(line.product_uom_qty, 0.0)
            is_short = line._is_closed_short()
            if not line._is_under_ceiling() and not is_short:
                line.approved_qty = ordered
            elif line.approval_mode == "follow" and not is_short:
                # more only where it left before there was a control
                line.approved_qty = max(ordered, line.net_shipped_qty)
            elif line.order_id.approval_state == "approved" or line.cut_reason:
                # a lowered order lowers what may leave; a raised one waits for approval
                line.approved_qty = min(line._origin.approved_qty, ordered)
            else:
                # nothing, beyond what left before an order was taken back to quotation
                line.approved_qty = max(line.net_shipped_qty, 0.0)

    def _auto_init(self):
        """Make the columns before the ORM does, which would fill them row by row.

        A constant default costs nothing at any size of the table; `post_init_hook` sets
        the quantities in one pass.
        """
        for name, default in (("approval_mode", "none"), ("approved_qty", 0)):
            create_column_with_default(self.env.cr, self, name, default)
        return super()._auto_init()

    @api.model
    def default_get(self, fields):
        guarded = _KEPT_FIELDS | _DECISION_FIELDS
        return super().default_get([name for name in fields if name not in guarded])

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        decisions = [self._pop_decision(vals) for vals in vals_list]
        lines = super().create(vals_list)
        for line, decision in zip(lines, decisions, strict=True):
            if decision:
                line.write(decision)
        # what it costs to send them changes nothing about the goods
        asked = lines.filtered(lambda line: line.product_id and not line._is_fee())
        asked.order_id._reopen_approval()
        return lines

    def write(self, vals):
        if not _DECISION_FIELDS.isdisjoint(vals) or not _KEPT_FIELDS.isdisjoint(vals):
            self._check_decision(vals)
        changed = self._get_watched_changes(vals)
        terms = changed.filtered(
            lambda line: line._is_changed_by_any(vals, _TERM_FIELDS)
        )
        ordered = {line: line.product_uom_qty for line in changed}
        for line in changed:
            line._check_change_allowed(vals)
        decided = self if "approved_qty" in vals else self.browse()
        approved = {line: line.approved_qty for line in decided}
        result = super().write(vals)
        if changed:
            changed._void_approval(terms, ordered)
        decided = decided.filtered(lambda line: line.approved_qty != approved[line])
        if decided:
            decided._after_approved_qty(approved, vals.get("cut_reason"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        for line in self:
            if line._is_under_ceiling() and line.net_shipped_qty:
                raise UserError(
                    self.env._(
                        "%(product)s of order %(order)s already left for the customer: "
                        "the line cannot be deleted. Set its quantity to what left.",
                        **line._get_ceiling_names(),
                    )
                )

    def _is_under_ceiling(self):
        """Whether what leaves is held to what was approved."""
        self.ensure_one()
        return (self.approval_mode or "none") != "none"

    def _get_ceiling_names(self):
        """What the messages about a line's quantities are filled with."""
        self.ensure_one()
        return {
            "order": self.order_id.name,
            "product": self.product_id.display_name or self.name,
            "unit": self.product_uom_id.name or "",
            "shipped": float_round(self.net_shipped_qty, precision_digits=6),
            "approved": self.approved_qty,
        }

    @api.model
    def _pop_decision(self, vals):
        """Take out of the values of a line to be made what is decided only later.

        :return: the reviewer's decision on the new line, or {}
        :raises AccessError: a value that only the machinery may set
        """
        kept = {name: vals.pop(name) for name in _KEPT_FIELDS & vals.keys()}
        if any(kept.values()):
            self._check_decision(kept)
        decision = {name: vals.pop(name) for name in _DECISION_FIELDS & vals.keys()}
        return decision if any(decision.values()) else {}

    def _check_decision(self, vals):
        """Check a write of the approved quantity or of what nobody may write.

        :raises AccessError: not a reviewer, or not anybody's to write
        :raises UserError: no explicit approval here, no reason, less than has left
        """
        if not _KEPT_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Approval mode and net shipped quantity are kept by Order Hub "
                    "itself; nobody sets them by hand."
                )
            )
        self.env["sale.order"]._check_reviewer()
        if "approved_qty" in vals:
            for line in self:
                line._check_approved_qty(vals)

    def _check_approved_qty(self, vals):
        self.ensure_one()
        quantity = vals["approved_qty"]
        names = self._get_ceiling_names()
        if self.approval_mode != "explicit":
            raise UserError(
                self.env._(
                    "Order %(order)s needs no approval: what may leave follows the "
                    "ordered quantity of %(product)s. Change that instead.",
                    **names,
                )
            )
        least = max(self.net_shipped_qty, 0.0) if self._is_under_ceiling() else 0.0
        if float_compare(quantity, least, precision_digits=6) < 0:
            raise UserError(
                self.env._(
                    "%(product)s in order %(order)s: %(shipped)g %(unit)s already left "
                    "for the customer; no less than that can be approved. Have goods "
                    "returned first.",
                    **names,
                )
            )
        ordered = vals.get("product_uom_qty", self.product_uom_qty)
        other = self.state == "sale" or self.product_uom_id.compare(quantity, ordered)
        if other and not self.env.su and not (vals.get("cut_reason") or "").strip():
            raise UserError(
                self.env._(
                    "%(product)s in order %(order)s: write the reason together with "
                    "the quantity you approve.",
                    **names,
                )
            )

    def _get_watched_changes(self, vals):
        """Lines under control in which ``vals`` really changes a watched field."""
        names = [name for name in _WATCHED_FIELDS if name in vals]
        if not names:
            return self.browse()
        return self.filtered(
            lambda line: (
                line._is_under_ceiling()
                and not line._is_fee()
                and line._is_changed_by_any(vals, names)
            )
        )

    def _is_changed_by_any(self, vals, names):
        return any(self._is_changed_by(vals, name) for name in names)

    def _is_changed_by(self, vals, name):
        field = self._fields[name]
        return name in vals and vals[name] != field.convert_to_write(self[name], self)

    def _check_change_allowed(self, vals):
        """Refuse what would make the counter or the approval figures of something else.

        :raises UserError: product, unit or order of a line that left or was approved in
            a confirmed order; less ordered than has left
        """
        self.ensure_one()
        settled = self.approval_mode == "explicit" and self.state == "sale"
        if (self.net_shipped_qty or (settled and self.approved_qty)) and any(
            self._is_changed_by(vals, name) for name in _MEASURE_FIELDS
        ):
            raise UserError(
                self.env._(
                    "%(product)s in order %(order)s is approved or already left, in "
                    "%(unit)s: product, unit and order of the line cannot change any "
                    "more. Add a new line instead.",
                    **self._get_ceiling_names(),
                )
            )
        ordered = vals.get("product_uom_qty", self.product_uom_qty)
        least = max(self.net_shipped_qty, 0.0)
        if least and float_compare(ordered, least, precision_digits=6) < 0:
            raise UserError(
                self.env._(
                    "%(product)s in order %(order)s: %(shipped)g %(unit)s already left "
                    "for the customer; no less than that can be ordered. Have goods "
                    "returned first.",
                    **self._get_ceiling_names(),
                )
            )

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Demand follows what was approved, not what was ordered.

        Odoo procures ordered less this; what is not approved is left out by counting it
        as procured.
        """
        quantity = super()._get_qty_procurement(
            previous_product_uom_qty=previous_product_uom_qty
        )
        return quantity + self._get_unapproved_qty()

    def _get_unapproved_qty(self):
        """What of the ordered quantity is not to be procured; below 0 if more is."""
        self.ensure_one()
        if self.approval_mode != "explicit" and not self._is_closed_short():
            return 0.0
        return max(self.product_uom_qty, 0.0) - self.approved_qty

    def _create_procurements(self, product_qty, procurement_uom, values):
        """Never ask for more than may leave only because of a unit's rounding.

        10 lb of a product kept in kg are 4.54 kg rounded, which is more than 10 lb.
        """
        if self._is_under_ceiling() and product_qty < 0 <= self.product_uom_qty:
            # what came back without a credit cannot be taken back once more
            product_qty = max(product_qty, -self._get_open_demand(procurement_uom))
            if procurement_uom.is_zero(product_qty):
                return []
        if self._is_under_ceiling() and product_qty > 0:
            ceiling = self.product_uom_id._compute_quantity(
                self.approved_qty, procurement_uom, round=False
            )
            product_qty = min(
                product_qty,
                procurement_uom.round(
                    ceiling + CEILING_TOLERANCE, rounding_method="DOWN"
                ),
            )
        return super()._create_procurements(product_qty, procurement_uom, values)
