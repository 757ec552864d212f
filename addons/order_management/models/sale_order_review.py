# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.columns import create_column_with_default

#: kept by the machinery alone: no form, RPC call, import or default sets them
_KEPT = frozenset({"is_accepted_in_review", "review_state", "reviewed_at"})
#: Proof that a call comes from here: an object that no RPC context can carry
_SAVED = object()
#: {field: what of an order it belongs to}; see ``exception_rule_review.TOPICS``
_TOPICS = {
    "buyer_note": {"note"},
    "channel_paid": {"payment"},
    "currency_id": {"lines"},
    "order_line": {"lines"},
    "partner_id": {"address", "buyer"},
    "partner_invoice_id": {"buyer"},
    "partner_shipping_id": {"address", "buyer"},
    "pricelist_id": {"lines"},
    "warehouse_id": {"lines"},
}
_WATCHED = frozenset(_TOPICS)


class SaleOrder(models.Model):
    """An order; here: what the review found, and what became of it."""

    _inherit = "sale.order"

    review_state = fields.Selection(
        [
            ("none", "Not Reviewed"),
            ("clean", "Clean"),
            ("held", "Held"),
            ("released", "Released"),
        ],
        string="Review",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        help="Held: somebody has to look at it before it can be confirmed.",
    )
    reviewed_at = fields.Datetime(readonly=True, copy=False)
    is_accepted_in_review = fields.Boolean(
        "Accepted While Held",
        readonly=True,
        copy=False,
        help="The customer signed or paid while the order was held: it is confirmed "
        "when it is released.",
    )
    review_hold_ids = fields.One2many(
        "order.review.hold", "order_id", "Review Holds", readonly=True
    )
    review_hold_count = fields.Integer(compute="_compute_review_hold_count")
    review_text = fields.Text("Held Because", compute="_compute_review_text")
    review_note_text = fields.Text("Noted", compute="_compute_review_text")
    review_owner = fields.Char("Handled by", compute="_compute_review_text")

    _review_held_idx = models.Index("(company_id, id) WHERE review_state = 'held'")
    _held_unconfirmed_check = models.Constraint(
        "CHECK (review_state IS DISTINCT FROM 'held' OR state IS DISTINCT FROM 'sale'"
        " OR is_channel_history IS TRUE)",
        "An order that the review holds cannot be confirmed before it is released.",
    )

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "review_state", "none")
        return super()._auto_init()

    def _compute_review_hold_count(self):
        counts = self._count_by_order("order.review.hold", "order_id")
        for order in self:
            order.review_hold_count = counts.get(order._origin.id, 0)

    @api.depends("review_state", "review_hold_ids.state")
    @api.depends_context("uid")
    def _compute_review_text(self):
        reviewed = self.browse()
        # no words for the customer, who may read the order
        if self.env.su or not self.env.user.share:
            reviewed = self.filtered(lambda order: order.review_state != "none")
        still_open = reviewed._get_open_holds().grouped("order_id")
        for order in self:
            holds = still_open.get(order._origin.sudo(), self.env["order.review.hold"])
            notes = holds.filtered("is_note")
            owners = (holds - notes).mapped(
                lambda hold: hold.user_id.name or hold.group_id.full_name
            )
            order.review_text = "\n".join((holds - notes).mapped("reason")) or False
            order.review_note_text = "\n".join(notes.mapped("reason")) or False
            order.review_owner = ", ".join(dict.fromkeys(filter(None, owners))) or False

    @api.model
    def default_get(self, fields):
        # neither a context key nor somebody's own default reviews anything
        values = super().default_get([name for name in fields if name not in _KEPT])
        if "review_state" in fields:
            values["review_state"] = "none"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_review_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_review_kept(vals)
        watched = _WATCHED.intersection(vals)
        if not watched or not self._may_review():
            result = super().write(vals)
        else:
            # what the lines change is looked at once, with the rest
            later = self.with_context(order_management_review_later=True)
            result = super(SaleOrder, later).write(vals)
            topics = set().union(*(_TOPICS[name] for name in watched))
            self._review_changed(topics)
        if vals.get("state") in ("sale", "cancel"):
            self._end_review(vals["state"])
        return result

    def _check_review_kept(self, vals):
        """:raises AccessError: a field that only the review sets"""
        if (
            _KEPT.isdisjoint(vals)
            or self.env.context.get("order_management_review") is _SAVED
        ):
            return
        raise AccessError(
            self.env._(
                "What the review says about an order is not set by hand: use Release, "
                "Override or Review Again."
            )
        )

    def _save_review(self, vals):
        """Write fields that only the review sets."""
        if self:
            saved = self.sudo().with_context(
                order_management_review=_SAVED, tracking_disable=True
            )
            saved.write(vals)

    def action_view_review_holds(self):
        """Open what the review found about these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_review_hold_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def action_review_again(self):
        """Look at these orders again now: what is gone is cleared, what is new holds.

        :return: a notification
        """
        self.check_access("write")
        self._review_whole()._go_on_after_review()
        under = self.filtered(lambda order: order.state in ("draft", "sent"))
        held = under.filtered(lambda order: order.review_state == "held")
        text = self.env._(
            "%(count)s orders reviewed: %(held)s held, %(clean)s go on.",
            count=len(under),
            held=len(held),
            clean=len(under - held),
        )
        return self.env["channel.order"]._notify(text, "warning" if held else "success")

    def _review_whole(self):
        """Ask every rule again; what nobody reviews any more is held by nothing.

        :return: orders that were held and are not any more
        """
        held = self.filtered(lambda order: order.review_state == "held")
        self._filter_reviewable()._run_review()
        off = held.filtered(lambda order: not order._is_reviewing())
        off._get_open_holds()._clear(self.env._("The review was switched off."))
        off._save_review({"review_state": "released"})
        return held.filtered(lambda order: order.review_state != "held")

    def action_release_review(self):
        """Ask why the holds of these orders are accepted, and release them."""
        return self._get_blocking_holds().action_release()

    def action_override_review(self):
        """Ask why these orders go on in spite of their holds, and override these."""
        return self._get_blocking_holds().action_override()

    def _get_blocking_holds(self):
        """Holds that keep these orders from going on, with the user's own rights."""
        return self.review_hold_ids.filtered(
            lambda hold: hold.state == "open" and not hold.is_note
        )

    def _get_open_holds(self):
        """Holds and notes of these orders that nobody has closed, as superuser."""
        if not self:
            return self.env["order.review.hold"].sudo()
        domain = Domain("order_id", "in", self._origin.ids)
        domain &= Domain("state", "=", "open")
        return self.env["order.review.hold"].sudo().search(domain)

    # ------------------------------------------------------------ which orders

    def _may_review(self):
        """Whether any of these orders may be reviewed: one look-up in a cache."""
        return any(company._get_reviewing() for company in self.company_id)

    def _is_reviewing(self):
        """Whether the order's channel, else its company, reviews its orders."""
        self.ensure_one()
        reviewing = self.company_id and self.company_id._get_reviewing()
        if not reviewing:
            return False
        by_company, by_channel = reviewing
        return by_channel.get(self.sale_channel_id.id, by_company)

    def _filter_reviewable(self):
        """Those of these orders that the review looks at: quotations that are meant."""
        if not self or not self._may_review():
            return self.browse()
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and not order.is_channel_test
                and not order.is_channel_history
                and order._is_reviewing()
                and order.order_line
            )
        )

    def _review_changed(self, topics):
        """Ask again the rules that a change concerns, of orders reviewed before."""
        context = self.env.context
        if (
            not self._may_review()
            or context.get("order_management_review_later")
            # the importer asks when it has changed all there is to change
            or "order_management_memo" in context
        ):
            return
        under = self.filtered(lambda order: order.review_state != "none")
        under = under._filter_reviewable()
        if not under:
            return
        rules = self.env["exception.rule"]._get_review_rules()
        concerned = rules.filtered(
            lambda rule: (
                rule._get_topics() is None or not topics.isdisjoint(rule._get_topics())
            )
        )
        held = under.filtered(lambda order: order.review_state == "held")
        under._run_review(concerned)
        freed = held.filtered(lambda order: order.review_state != "held")
        # never in the middle of somebody's change
        freed._go_on_after_review(now=0)

    def _end_review(self, state):
        """Holds and notes of orders that are confirmed or cancelled are history."""
        reviewed = self.filtered(lambda order: order.review_state != "none")
        if not reviewed:
            return
        holds = reviewed._get_open_holds()
        if state == "sale":
            # one that is held still is for the database to refuse
            notes = holds.filtered("is_note")
            notes._clear(self.env._("The order was confirmed."))
            return
        holds._clear(self.env._("The order was cancelled."))
        held = reviewed.filtered(lambda order: order.review_state == "held")
        held._save_review({"review_state": "released"})
