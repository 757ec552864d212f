# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
import re
from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: what one order may have waiting, and what it may ask for in a day
MAX_OPEN = 3
MAX_DAY = 10
MAX_TEXT = 2000
_NONCE = re.compile(r"^[0-9a-f]{32}$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class SaleOrder(models.Model):
    """An order; here: what its customer may ask for, with nothing but the link.

    Everything that comes in here was typed by somebody unknown: it is text, it is
    short, it names lines of this very order, and a form that is sent twice is one wish.
    """

    _inherit = "sale.order"

    customer_request_ids = fields.One2many(
        "order.request", "order_id", "Customer Requests", readonly=True
    )
    customer_request_count = fields.Integer(
        "Requests", compute="_compute_customer_request_count"
    )

    def _compute_customer_request_count(self):
        counts = self._count_by_order("order.request", "order_id")
        for order in self:
            order.customer_request_count = counts.get(order._origin.id, 0)

    def action_view_customer_requests(self):
        """Open what the customers of these orders asked for."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_request_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def _get_allowed_requests(self, moves=None):
        """Kinds of ``order.request`` that make sense now.

        :param moves: of the transfers to the customer, where they are read already
        """
        self.ensure_one()
        if self.state == "cancel" or self.is_channel_history:
            return []
        is_open = self.state != "sale" or bool(self._get_tracking_open_lines(moves))
        allowed = ["change"] if is_open else []
        if not self._has_left():
            allowed.append("cancel")
        if self._get_tracking_returnable():
            allowed.append("return")
        return allowed

    def _get_tracking_returnable(self):
        """What has left of goods and is not on its way back: dicts with ``id``,
        ``name``, ``most``, ``uom``, ``needs_photo``."""
        lines = self._get_tracking_lines().filtered(
            lambda line: (
                line.product_id.type == "consu" and line._get_most_returnable() > 0
            )
        )
        with_photo = self.env["channel.return.policy"]._filter_with_photo(lines)
        return [
            {
                "id": line.id,
                "name": line.product_id.with_context(
                    display_default_code=False
                ).display_name,
                "most": line._get_most_returnable(),
                "uom": line.product_uom_id.name,
                "needs_photo": line in with_photo,
            }
            for line in lines
        ]

    def _get_tracking_reasons(self):
        """Why goods may come back: dicts with ``id``, ``name``."""
        labels = self.env["channel.return.reason"]._get_labels()
        return [{"id": reason_id, "name": name} for reason_id, name in labels]

    def _get_tracking_requests(self):
        """What was asked for, newest first: dicts with ``kind``, ``state``, ``label``,
        ``date``, ``answer``, ``parts``."""
        requests = self._get_own_requests().sorted("id", reverse=True)
        kinds = dict(requests._fields["kind"]._description_selection(self.env))
        states = dict(requests._fields["state"]._description_selection(self.env))
        return [
            {
                "kind": kinds[request.kind],
                "state": request.state,
                "label": states[request.state],
                "date": request.order_id._format_customer_date(request.create_date),
                "answer": request.answer or "",
                "parts": request._get_tracking_results(),
            }
            for request in requests[:20]
        ]

    def _request(
        self, kind, text="", quantities=None, nonce=None, reason_id=None, photos=()
    ):
        """The customer of this order asks for something.

        What the channel allows is done at once; the rest waits for whoever looks after
        the order, with an activity.

        :param str kind: a value of ``order.request.kind``
        :param str text: the customer's words
        :param dict quantities: ``{id of a line: quantity in the line's unit}``
        :param str nonce: the form's own number: the same again is the same request
        :param reason_id: of ``channel.return.reason``, why goods come back; a number or
            whatever a visitor may have sent
        :param photos: list of (file name, bytes), of goods that come back
        :return: the ``order.request``, as superuser
        :raises UserError: in the customer's words, with what to do instead
        """
        self.ensure_one()
        order_sudo = self.sudo().with_company(self.company_id)
        nonce = nonce if nonce and _NONCE.match(nonce) else None
        # an UPDATE, so that two at once cannot both pass the limit: one starts over
        self.env.execute_query(
            SQL("UPDATE sale_order SET id = id WHERE id = %s RETURNING id", self.id)
        )
        known = order_sudo.customer_request_ids.filtered(
            lambda request: nonce and request.nonce == nonce
        )
        if known:
            return known
        if kind not in order_sudo._get_allowed_requests():
            raise UserError(
                self.env._(
                    "This is not possible for the order any more. Please write to us "
                    "if you need help."
                )
            )
        order_sudo._check_request_limits()
        text = self._clean_customer_text(text)
        lines = order_sudo._get_request_lines(kind, quantities or {})
        request = order_sudo._create_request(kind, text, lines, nonce, reason_id)
        order_sudo._follow_request(request, photos)
        return request

    def _clean_customer_text(self, text):
        """Text as text: no control characters, not too long."""
        text = _CONTROL.sub("", str(text or "")).strip()
        if len(text) > MAX_TEXT:
            raise UserError(
                self.env._(
                    "Your text is too long. Please use at most %(most)s characters.",
                    most=MAX_TEXT,
                )
            )
        return text

    def _check_request_limits(self):
        requests = self.customer_request_ids
        waiting = requests.filtered(lambda request: request.state == "new")
        since = fields.Datetime.now() - timedelta(days=1)
        recent = requests.filtered(lambda request: request.create_date >= since)
        if len(waiting) >= MAX_OPEN or len(recent) >= MAX_DAY:
            raise UserError(
                self.env._(
                    "We have your earlier requests and are working on them. Please "
                    "wait for our answer."
                )
            )

    def _get_request_lines(self, kind, quantities):
        """``{line: quantity}`` of this order that a request names, checked."""
        lines = {line.id: line for line in self._get_tracking_lines()}
        chosen = {}
        for line_id, quantity in quantities.items():
            line = lines.get(line_id)
            if not line:
                raise UserError(
                    self.env._(
                        "One of the products is not part of this order. Please open "
                        "the page again."
                    )
                )
            if not math.isfinite(quantity) or quantity < 0:
                raise UserError(self.env._("Please enter quantities as numbers."))
            if line.product_uom_id.is_zero(quantity):
                continue
            most = line.product_uom_qty
            if kind == "return":
                most = line._get_most_returnable()
            if line.product_uom_id.compare(quantity, most) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: at most %(most)s is possible.",
                        product=line.product_id.display_name,
                        most=self._format_customer_qty(most, line.product_uom_id),
                    )
                )
            chosen[line] = quantity
        if kind == "return" and not chosen:
            raise UserError(
                self.env._("Please enter how much of which product you send back.")
            )
        return chosen

    def _create_request(self, kind, text, lines, nonce, reason_id=None):
        if kind == "change" and not text:
            raise UserError(self.env._("Please write what we should change."))
        user = self._get_request_user()
        reason = self.env["channel.return.reason"]
        if reason_id:
            # what a form sends may be anything
            digits = str(reason_id)
            number = int(digits) if digits.isdecimal() and len(digits) < 10 else 0
            reason = reason.search([("id", "=", number)])
        request = self.env["order.request"].create(
            {
                "order_id": self.id,
                "kind": kind,
                "text": text,
                "nonce": nonce,
                "reason_id": reason.id,
                "user_id": user.id,
                "line_ids": [
                    Command.create({"sale_line_id": line.id, "quantity": quantity})
                    for line, quantity in lines.items()
                ],
            }
        )
        return request

    def _get_request_user(self):
        """Who looks at what the customer wants: who looks after the order, else a
        manager of the hub where that person may not see requests."""
        self.ensure_one()
        user = self._get_approval_user()
        if self.company_id in user.company_ids and user.has_group(
            "order_management.group_clerk"
        ):
            return user
        return self.sale_channel_id._get_hub_manager(self.company_id) or user

    def _follow_request(self, request, photos=()):
        """Do at once what needs nobody; else somebody is asked to look."""
        if request.kind == "return" and self._open_return(request, photos):
            return
        # read by us, not by the customer
        ours = request.with_context(lang=request.user_id.lang)
        if request.kind == "cancel" and ours._cancel_alone():
            return
        ours.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=ours.display_name,
            user_id=ours.user_id.id,
        )

    def _open_return(self, request, photos=()):
        """Where returns can be asked for, the request becomes one."""
        returns = self.env["channel.return"]
        if not hasattr(returns, "_request_for_order"):
            return False
        quantities = {line.sale_line_id: line.quantity for line in request.line_ids}
        record = returns._request_for_order(
            self,
            quantities,
            reason=request.reason_id,
            note=request.text,
            attachments=photos,
        )
        if isinstance(record, models.BaseModel):
            request.return_id = record[:1].id
        request._transition("done")
        return True

    def _is_cancellable_alone(self):
        """Whether the customer's word is enough to cancel this order."""
        return (
            self.sale_channel_id.cancel_policy == "allow"
            and not self._has_left()
            and not self.locked
            and not any(move.state != "cancel" for move in self.invoice_ids)
            and not any(
                move.picked or move.state == "done"
                for move in self.picking_ids.move_ids
                if move.state != "cancel"
            )
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _get_most_returnable(self):
        """What the customer has of this line and has not asked to give back."""
        self.ensure_one()
        return max(self.qty_delivered - self.returning_qty, 0.0)
