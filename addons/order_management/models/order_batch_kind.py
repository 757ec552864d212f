# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .order_approval_step import LIVE_STATES

_DRAFT = ("draft", "sent")
#: {step: groups of the hub, one of which it needs}
_GROUPS = {
    "process": ("clerk",),
    "submit": ("clerk",),
    "approve": ("reviewer",),
    "refuse": ("reviewer",),
    "confirm": ("clerk",),
    "source": ("clerk",),
    "reserve": ("warehouse", "manager"),
    "ship": ("warehouse", "manager"),
    "invoice": ("accountant", "manager"),
    "cancel": ("clerk",),
    "split": ("clerk",),
}
#: what Odoo wants for the step besides: {step: (model, operation)}
_ACCESS = {
    "reserve": ("stock.picking", "write"),
    "ship": ("stock.picking", "write"),
    "invoice": ("account.move", "create"),
}


class OrderBatch(models.Model):
    """A bulk step; here: what each kind of step needs and does.

    For each kind: who may do it, which orders are ready for it, which need nothing
    any more, and the method of the order that does it. Each goes through the door a
    person's button goes through, with the rights of who started it.
    """

    _inherit = "order.batch"

    @api.model
    def _check_kind_allowed(self, kind):
        """:raises AccessError: the user may not do this step with any order"""
        groups = [f"order_management.group_{name}" for name in _GROUPS[kind]]
        if not self.env.su and not any(map(self.env.user.has_group, groups)):
            names = (self.env.ref(group).sudo().full_name for group in groups)
            raise AccessError(
                self.env._(
                    "“%(step)s” needs the right %(groups)s. Ask an administrator.",
                    step=self._get_kind_name(kind),
                    groups=self.env._(" or ").join(names),
                )
            )
        if kind in _ACCESS:
            model, operation = _ACCESS[kind]
            self.env[model].check_access(operation)

    @api.model
    def _is_kind_allowed(self, kind):
        """Whether the user may do this step."""
        try:
            self._check_kind_allowed(kind)
        except AccessError:
            return False
        return True

    @api.model
    def _get_kind_name(self, kind):
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    def _get_step_name(self):
        """What is done, for people."""
        name = self._get_kind_name(self.kind)
        if self.undone_batch_id:
            return self.env._("Undo: %(step)s", step=name)
        return name

    # ------------------------------------------------------------ what is ready

    def _get_ready_domain(self):
        """Records that this step is to be tried with first, all at once."""
        if self.undone_batch_id:
            return self._get_undo_domain(self.kind)
        return self._get_kind_domain(self.kind)

    @api.model
    def _get_kind_domain(self, kind):
        """Inbox rows or orders that are ready for a step."""
        if kind == "process":
            return Domain("state", "in", ("received", "held", "error"))
        if kind == "submit":
            return (
                Domain("approval_mode", "=", "explicit")
                & Domain("approval_state", "in", ("none", "refused"))
                & Domain("state", "in", _DRAFT)
            )
        if kind in ("approve", "refuse"):
            return Domain("approval_state", "=", "to_approve") | Domain(
                "approval_step_ids.state", "in", LIVE_STATES
            )
        return self._get_confirmed_domain(kind)

    @api.model
    def _get_confirmed_domain(self, kind):
        if kind == "confirm":
            approved = Domain("approval_mode", "!=", "explicit")
            approved |= Domain("approval_state", "=", "approved")
            return Domain("state", "in", _DRAFT) & approved
        if kind == "cancel":
            return Domain("state", "!=", "cancel") & Domain("locked", "=", False)
        confirmed = Domain("state", "=", "sale")
        if kind == "invoice":
            return confirmed & Domain("invoice_status", "=", "to invoice")
        if kind == "reserve":
            open_states = ("confirmed", "partially_available")
            return confirmed & Domain("order_line.move_ids.state", "in", open_states)
        return confirmed & Domain(
            "picking_ids",
            "any",
            Domain("state", "=", "assigned")
            & Domain("picking_type_id.code", "in", ("outgoing", "dropship")),
        )

    def _get_skip_text(self, record):
        """Why nothing is to be done with a record that is not ready; False: that is
        to be tried, and will say itself why it cannot be done."""
        if self.undone_batch_id:
            return self._get_undo_skip_text(record)
        if self.kind == "process":
            return self.env._("Nothing to process: it is done, or ignored.")
        if record.state == "cancel":
            return self.env._("The order is cancelled.")
        finished = {
            "submit": record.approval_state in ("to_approve", "approved"),
            "approve": record.approval_state == "approved",
            "refuse": record.approval_state == "refused",
            "confirm": record.state == "sale",
            "reserve": record.state == "sale",
            "ship": record.state == "sale" and not record._get_open_deliveries(),
            "invoice": record.invoice_status == "invoiced",
        }
        return finished.get(self.kind) and self._get_finished_text()

    def _get_finished_text(self):
        texts = {
            "submit": self.env._("It is submitted already."),
            "approve": self.env._("It is approved already."),
            "refuse": self.env._("It is refused already."),
            "confirm": self.env._("It is confirmed already."),
            "reserve": self.env._("Nothing is left to reserve."),
            "ship": self.env._("Nothing is left to ship."),
            "invoice": self.env._("It is invoiced already."),
        }
        return texts[self.kind]

    # ------------------------------------------------------------ what is done

    def _run_process(self, rows):
        rows.action_process()
        outcomes = {}
        for row in rows:
            outcomes[row.id] = {"order_id": row.sudo().sale_order_id.id}
            if row.state in ("held", "error"):
                outcomes[row.id] |= {"state": "failed", "message": row.error}
            elif row.state == "received":
                text = self.env._("Another worker has it at hand.")
                outcomes[row.id] |= {"state": "skipped", "message": text}
        return outcomes

    def _run_submit(self, orders):
        orders.action_submit()

    def _run_approve(self, orders):
        orders.action_approve()
        text = self.env._("Your approval is given; others have to approve, too.")
        waiting = orders.filtered(lambda order: order.approval_state == "to_approve")
        return dict.fromkeys(waiting.ids, {"message": text})

    def _run_refuse(self, orders):
        orders.action_refuse(self.reason)

    def _run_confirm(self, orders):
        orders._confirm_in_bulk()
        text = self.env._("Odoo did not confirm it: open it and press Confirm.")
        # addons may answer with a question instead of confirming
        asked = orders.filtered(lambda order: order.state != "sale")
        return dict.fromkeys(asked.ids, {"state": "failed", "message": text})

    def _check_confirmed(self, orders):
        for order in orders.filtered(lambda order: order.state != "sale"):
            raise UserError(
                self.env._("%(order)s is not confirmed yet.", order=order.display_name)
            )

    def _run_reserve(self, orders):
        self._check_confirmed(orders)
        return self._describe_shortages(orders, orders._reserve_in_bulk())

    def _describe_shortages(self, orders, missing):
        """:param missing: ``{order: (lines not reserved at all, partly, lines)}``"""
        outcomes = {}
        for order, (none, partly, total) in missing.items():
            if none == total:
                text = self.env._("Nothing is in stock for it.")
                outcomes[order.id] = {"state": "failed", "message": text}
            elif none or partly:
                text = self.env._(
                    "%(missing)s of %(total)s products are not all there.",
                    missing=none + partly,
                    total=total,
                )
                outcomes[order.id] = {"message": text}
        return outcomes

    def _run_ship(self, orders):
        self._check_confirmed(orders)
        left = orders._ship_in_bulk(self.partial or "backorder")
        return {
            order.id: {
                "state": "done" if shipped else "skipped",
                "message": text,
            }
            for order, (shipped, text) in left.items()
        }

    def _run_invoice(self, orders):
        self._check_confirmed(orders)
        invoices = orders._invoice_in_bulk(post=self.post_invoices)
        outcomes = {}
        for order in orders:
            invoice = (order.invoice_ids & invoices)[:1]
            outcomes[order.id] = {"invoice_id": invoice.id}
            if not invoice:
                text = self.env._("There is nothing to invoice yet.")
                outcomes[order.id] |= {"state": "failed", "message": text}
        return outcomes

    def _run_cancel(self, orders):
        orders._check_nothing_left()
        self._cancel(orders)
        text = self.env._("Odoo did not cancel it: open it and press Cancel.")
        kept = orders.filtered(lambda order: order.state != "cancel")
        return dict.fromkeys(kept.ids, {"state": "failed", "message": text})

    def _cancel(self, orders):
        orders.check_access("write")
        # sudo: Odoo looks at what was bought for the goods, which clerks do not see
        orders.sudo().action_cancel()
