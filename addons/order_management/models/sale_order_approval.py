# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.columns import create_column_with_default
from .res_company import APPROVAL_MODES

_logger = logging.getLogger(__name__)

#: Proof that a write comes from `_approval_transition`: no RPC context can carry it
_TRANSITION = object()

_TRANSITIONS = {
    "none": ("to_approve",),
    "to_approve": ("approved", "refused", "none"),
    "approved": ("to_approve", "none"),
    "refused": ("to_approve", "none"),
}
#: kept by the machinery alone: no form, RPC call, import or default sets them
_KEPT_FIELDS = frozenset(
    {
        "approval_mode",
        "approval_state",
        "approval_reason",
        "submitted_at",
        "submitted_by_id",
        "approved_at",
        "approved_by_id",
    }
)
#: changes of an approved quotation that need a new approval
_WATCHED_FIELDS = frozenset(
    {"partner_id", "partner_shipping_id", "currency_id", "pricelist_id"}
)
#: more orders at once than this: no tracking mail, the event log has it
_TRACKING_LIMIT = 20


class SaleOrder(models.Model):
    """An order; here: who let its quantities through, and how far they are held to."""

    _inherit = "sale.order"

    approval_mode = fields.Selection(
        APPROVAL_MODES,
        string="Approval of Quantities",
        compute="_compute_approval_mode",
        store=True,
        precompute=True,
        copy=False,
        help="The channel's, else the company's; fixed once submitted or confirmed.",
    )
    approval_state = fields.Selection(
        [
            ("none", "Not Submitted"),
            ("to_approve", "To Approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        string="Approval",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    approval_reason = fields.Text(string="Refused Because", readonly=True, copy=False)
    submitted_at = fields.Datetime(readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(string="Decided At", readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, copy=False
    )

    _approval_state_idx = models.Index(
        "(approval_state, company_id) WHERE approval_state IN ('to_approve', 'refused')"
    )
    _confirmed_approved_check = models.Constraint(
        "CHECK (approval_mode IS DISTINCT FROM 'explicit' "
        "OR state IS DISTINCT FROM 'sale' OR approval_state = 'approved')",
        "An order that needs approval cannot be confirmed before it is approved.",
    )

    # Not on the modes themselves: a company's setting must not touch its whole history
    @api.depends("company_id", "sale_channel_id")
    def _compute_approval_mode(self):
        for order in self:
            if order.approval_mode and order._is_approval_mode_fixed():
                continue
            order.approval_mode = (
                order.sale_channel_id.approval_mode
                or order.company_id.approval_mode
                or "none"
            )

    def _auto_init(self):
        """Make the columns before the ORM does, which would fill them row by row."""
        for name in ("approval_mode", "approval_state"):
            create_column_with_default(self.env.cr, self, name, "none")
        return super()._auto_init()

    @api.model
    def default_get(self, fields):
        # neither a context key nor somebody's own default decides on an approval
        values = super().default_get([x for x in fields if x not in _KEPT_FIELDS])
        if "approval_state" in fields:
            values["approval_state"] = "none"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_fields(vals)
        reopened = self.browse()
        if not _WATCHED_FIELDS.isdisjoint(vals):
            reopened = self.filtered(
                lambda o: any(
                    vals[name] != o[name].id for name in _WATCHED_FIELDS & vals.keys()
                )
            )
        shipped_sudo = self.browse().sudo()
        if "stock_reference_ids" in vals:
            shipped_sudo = self.sudo().stock_reference_ids
        result = super().write(vals)
        reopened._hold_confirmed_to_shipped()
        if not {"company_id", "sale_channel_id"}.isdisjoint(vals):
            self.order_line._adopt_shipped()
        reopened._reopen_approval()
        for reference in shipped_sudo:
            reference._check_orders_kept(self.sudo() - reference.sale_ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        self.order_line._unlink_except_shipped()

    def action_draft(self):
        """Back to a quotation: approval starts anew, by the settings of today."""
        result = super().action_draft()
        self.filtered(lambda o: o.approval_state != "none")._approval_transition("none")
        self._refresh_approval_mode()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        waiting = self.filtered(lambda order: order.approval_state == "to_approve")
        waiting._approval_transition("none", self.env._("Order cancelled"))
        return result

    def action_submit(self):
        """Ask for the approval of quotations; any number of them at once.

        :raises UserError: not a quotation, nothing ordered, or no approval needed
        """
        self.check_access("write")
        for order in self:
            order._check_submit_allowed()
        return self._approval_transition("to_approve")

    def _is_under_approval_control(self):
        """Whether what leaves for this order is held to what was approved."""
        self.ensure_one()
        return (self.approval_mode or "none") != "none"

    def _is_awaiting_approval(self):
        """Whether the order cannot be confirmed for want of an approval."""
        self.ensure_one()
        return self.approval_mode == "explicit" and self.approval_state != "approved"

    def _is_approval_mode_fixed(self):
        self.ensure_one()
        origin = self._origin
        return bool(origin) and (
            origin.state in ("sale", "cancel")
            or origin.approval_state in ("to_approve", "approved")
            or any(origin.order_line.mapped("net_shipped_qty"))
        )

    @api.model
    def _refresh_draft_approval_mode(self, domain):
        """Take over a changed setting in quotations that were not submitted yet."""
        drafts = self.sudo().search(
            [
                ("state", "in", ("draft", "sent")),
                ("approval_state", "in", ("none", "refused")),
                *domain,
            ]
        )
        drafts._refresh_approval_mode()

    def _refresh_approval_mode(self):
        """Have the mode computed again, and what depends on it in the lines."""
        self.env.add_to_compute(self._fields["approval_mode"], self)
        self.modified(["approval_mode"])
        self.order_line._adopt_shipped()

    def _check_kept_fields(self, vals):
        """:raises AccessError: a field that only the approval's buttons change"""
        if (
            _KEPT_FIELDS.isdisjoint(vals)
            or self.env.context.get("order_management_approval") is _TRANSITION
        ):
            return
        raise AccessError(
            self.env._(
                "How an order is approved is not set by hand: use Submit, Approve and "
                "Refuse, or the setting of the company or channel."
            )
        )

    @api.model
    def _check_reviewer(self):
        """:raises AccessError: the user may not decide what is approved"""
        if not self.env.su and not self.env.user.has_group(
            "order_management.group_reviewer"
        ):
            raise AccessError(
                self.env._(
                    "Only reviewers decide what is approved. Ask one, or an "
                    "administrator for the right Order Hub: Reviewer."
                )
            )

    def _check_submit_allowed(self):
        self.ensure_one()
        if self.approval_mode != "explicit":
            raise UserError(
                self.env._(
                    "%(order)s needs no approval. Confirm it.", order=self.display_name
                )
            )
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is no quotation any more: only those are submitted.",
                    order=self.display_name,
                )
            )
        if not any(self.order_line.mapped("product_uom_qty")):
            raise UserError(
                self.env._(
                    "%(order)s orders nothing yet. Add products before submitting it.",
                    order=self.display_name,
                )
            )

    def _approval_transition(self, target, reason=None):
        """Move orders to another approval state, as one batch.

        Those already there are skipped; nothing else writes `approval_state`.

        :raises UserError: an order for which this is not the next step
        """
        todo = self.filtered(lambda order: order.approval_state != target)
        if len(todo) < len(self):
            _logger.info("%d orders already %s, skipped", len(self - todo), target)
        states = dict(self._fields["approval_state"]._description_selection(self.env))
        for order in todo:
            if target not in _TRANSITIONS[order.approval_state]:
                raise UserError(
                    self.env._(
                        "%(order)s is %(state)s and cannot become %(target)s. Submit "
                        "it first, then decide.",
                        order=order.display_name,
                        state=states[order.approval_state],
                        target=states[target],
                    )
                )
        if not todo:
            return True
        before = {order.id: order.approval_state for order in todo}
        quiet = todo.with_context(tracking_disable=len(todo) > _TRACKING_LIMIT)
        quiet.sudo().with_context(order_management_approval=_TRANSITION).write(
            self._prepare_transition_vals(target, reason)
        )
        todo._log_event("approval", before, target, reason)
        getattr(todo, f"_after_{target}")()
        return True

    def _prepare_transition_vals(self, target, reason):
        now, user = fields.Datetime.now(), self.env.user.id
        vals = {"approval_state": target, "approval_reason": False}
        if target == "to_approve":
            vals |= {"submitted_at": now, "submitted_by_id": user}
        if target in ("approved", "refused"):
            vals |= {"approved_at": now, "approved_by_id": user}
        else:
            vals |= {"approved_at": False, "approved_by_id": False}
        if target == "refused":
            vals["approval_reason"] = reason
        return vals

    def _after_none(self):
        """Approval starts anew: nothing more may leave than already has."""
        self._write_approved_qty(
            SQL("GREATEST(net_shipped_qty, 0)"), SQL("TRUE"), reset=True
        )
        self._refresh_approval_mode()

    def _after_approved(self):
        """Approve every line as ordered that the reviewer did not decide otherwise.

        :raises UserError: an order of which nothing would be approved
        """
        self._write_approved_qty(
            SQL("GREATEST(product_uom_qty, net_shipped_qty, 0)"),
            SQL("cut_reason IS NULL"),
        )
        approved = self.env["sale.order.line"]._read_group(
            Domain("order_id", "in", self.ids)
            & (Domain("approved_qty", ">", 0) | Domain("product_uom_qty", "<", 0)),
            ["order_id"],
        )
        empty = self - self.browse().concat(*(order for [order] in approved))
        if empty:
            raise UserError(
                self.env._(
                    "Nothing would be approved of %(orders)s. Refuse instead.",
                    orders=", ".join(empty.mapped("display_name")),
                )
            )

    def _write_approved_qty(self, value, condition, reset=False):
        """Set the approved quantity of all lines of these orders in one statement.

        :param value: SQL expression of the line's columns
        :param condition: SQL condition on the line
        :param reset: forget the reviewer's reasons as well
        """
        lines = self.env["sale.order.line"]
        self.env.execute_query(
            SQL(
                """
                UPDATE sale_order_line SET approved_qty = %s, cut_reason = %s
                WHERE order_id = ANY(%s) AND display_type IS NULL
                AND approval_mode = 'explicit' AND %s
                """,
                value,
                SQL("NULL") if reset else SQL("cut_reason"),
                list(self.ids),
                condition,
                to_flush=[
                    lines._fields[name]
                    for name in (
                        "approval_mode",
                        "approved_qty",
                        "cut_reason",
                        "display_type",
                        "order_id",
                        "product_uom_qty",
                    )
                ],
            )
        )
        # written behind the ORM's back, flushed just before
        lines.invalidate_model(["approved_qty", "cut_reason"], flush=False)
