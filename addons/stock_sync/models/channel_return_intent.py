# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import formatLang

#: which quantity of a line a decision is about
_QUANTITIES = {"received": "received_qty", "refunded": "credit_qty"}


class ChannelReturnIntent(models.Model):
    """What a channel is to be told about a return; here: its shop is told by a job."""

    _inherit = "channel.return.intent"

    channel_intent_ids = fields.One2many(
        "channel.intent", "return_intent_id", "Messages to the Shop", readonly=True
    )

    # in the transaction that tells of it, which cannot write the message's own row
    told_order_ids = fields.Many2many(
        "sale.order",
        "channel_return_intent_told_rel",
        string="Told Of",
        readonly=True,
        help="The orders that the shop was told of, of a return of several.",
    )

    def _push(self):
        """Override: what the shop takes is sent, the rest is left to a person."""
        by_hand, vals_list = self.browse(), []
        for note in self:
            vals = note._prepare_channel_intents()
            by_hand += note if not vals else note.browse()
            vals_list += vals
        self.env["channel.intent"]._plan(vals_list)
        return super(ChannelReturnIntent, by_hand)._push()

    def action_told(self):
        """Override: what a person entered is not sent any more."""
        waiting = self.sudo().channel_intent_ids.filtered(
            lambda intent: intent.state in ("planned", "unknown", "failed")
        )
        waiting.write(
            {
                "state": "done",
                "error": False,
                "done_at": fields.Datetime.now(),
                "result_ref": self.env._("Entered by hand"),
            }
        )
        return super().action_told()

    def _note_told(self, intent):
        """The shop took a message: each order of the return is told of by itself, once.

        :param intent: the ``channel.intent``, as superuser
        """
        self.ensure_one()
        order = intent.order_id
        if order in self.told_order_ids:
            return
        self.told_order_ids = [Command.link(order.id)]
        labels = dict(self._fields["decision"]._description_selection(self.env))
        values = {
            "shop": self.channel_id.name,
            "decision": labels[self.decision],
            "order": order.name,
        }
        body = self.env._("%(shop)s was told: %(decision)s", **values)
        if len(self.channel_intent_ids) > 1:
            amount = float(intent.payload["amount"] or 0)
            body = self.env._(
                "%(shop)s was told: %(decision)s, %(order)s, %(amount)s",
                amount=formatLang(self.env, amount, currency_obj=self.currency_id),
                **values,
            )
        self.return_id._message_log(body=body)

    def _prepare_channel_intents(self):
        """Values of the messages, none where somebody has to do it."""
        self.ensure_one()
        record, channel = self.return_id, self.channel_id
        if record.external_id:
            if not channel._can_tell_return(self.decision) or self._pays_too_much():
                return []
        elif self.decision != "refunded" or not channel._can_refund_order():
            return []
        found = self.env["stock.picking"]._find_inbox_rows(record.order_ids)
        rows = {o: row for o, row in found.items() if row.channel_id == channel}
        if not record.external_id:
            if set(rows) != set(record.order_ids):
                return []
            mark = record._get_refund_mark()
            vals_list = [self._prepare_refund(order, rows[order]) for order in rows]
            # read again, the refund is found by it
            record.external_id = mark
            return [vals for vals in vals_list if vals["payload"]["amount"] != "0"]
        order = next(iter(rows), record.order_ids[:1])
        return [self._prepare_channel_intent(order, rows.get(order), record.line_ids)]

    def _pays_too_much(self):
        """Whether the shop would pay another amount than was decided here."""
        record = self.return_id
        if self.decision == "refused" or not self.channel_id._does_accepting_pay():
            return False
        if any(line.approved_qty != line.requested_qty for line in record.line_ids):
            return True
        return bool(
            record.channel_amount
            and record.currency_id.compare_amounts(self.amount, record.channel_amount)
        )

    def _prepare_refund(self, order, row):
        """Values of the message about the money of one of the return's orders."""
        lines = self.return_id.line_ids.filtered(lambda line: line.order_id == order)
        vals = self._prepare_channel_intent(order, row, lines)
        if len(self.return_id.order_ids) > 1:
            vals["key"] += f":{row.external_id}"
        amount = self._as_text(sum(lines.mapped("refund_amount")))
        vals["payload"] = {**vals["payload"], "amount": amount, "external_id": ""}
        return vals

    def _prepare_channel_intent(self, order, row, lines):
        record = self.return_id
        return {
            "channel_id": self.channel_id.id,
            "kind": "returns",
            "key": f"return:{record.id}:{self.decision}",
            "order_external_id": row.external_id if row else False,
            "order_id": order.id,
            "return_id": record.id,
            "return_intent_id": self.id,
            "payload": {
                "external_id": record.external_id or "",
                "decision": self.decision,
                "number": record.name,
                "note": self.note or "",
                "amount": self._as_text(self.amount),
                "currency": record.currency_id.name,
                "mark": record._get_refund_mark(),
                "lines": self._prepare_told_lines(row, lines) if row else [],
            },
        }

    def _prepare_told_lines(self, row, lines):
        """``[[ids of the channel's line, whole units, money]]``."""
        name = _QUANTITIES.get(self.decision, "approved_qty")
        found = {}
        for line in lines.filtered("sale_line_id"):
            sold = line.sale_line_id
            quantity = line.uom_id._compute_quantity(line[name], sold.product_uom_id)
            told = self.channel_id._get_channel_units(row, sold, quantity)
            if not told:
                continue
            source, units = told
            ids = list(source.get("external_ids") or [])[:units]
            ids = tuple(ids or [str(source.get("external_id") or "")])
            before, amount = found.get(ids, (0, 0.0))
            # components of one bundle are one line there
            found[ids] = (max(units, before), amount + line.refund_amount)
        return [
            [list(ids), units, self._as_text(amount)]
            for ids, (units, amount) in found.items()
            if units or amount
        ]

    def _as_text(self, amount):
        places = self.currency_id.decimal_places
        text = f"{Decimal(str(amount)):.{places}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class ChannelReturn(models.Model):
    _inherit = "channel.return"

    channel_intent_ids = fields.One2many(
        "channel.intent",
        "return_id",
        "Messages to the Shop",
        readonly=True,
        groups="order_management.group_clerk,order_management.group_warehouse",
    )
    channel_error = fields.Text("Shop Not Told", compute="_compute_channel_error")

    @api.depends("intent_ids.state", "intent_ids.error")
    def _compute_channel_error(self):
        for record in self:
            # who may see a return may know that its shop was not told
            failed = record.sudo().intent_ids.filtered(lambda n: n.state == "failed")
            record.channel_error = "\n".join(filter(None, failed.mapped("error")))

    def action_retry_intents(self):
        """Tell the shop again what failed."""
        self.check_access("read")
        failed = self.channel_intent_ids.filtered(lambda one: one.state == "failed")
        return failed.action_retry()

    def action_view_intents(self):
        """Open what the shop was told about these returns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_intent_action"
        )
        return {**action, "domain": [("return_id", "in", self.ids)], "context": {}}

    def _is_channel_concerned(self, decision):
        """Override: what shops take, when it means something to them."""
        channel = self.channel_id
        if self.is_refunded_there:
            return False
        if not self.external_id:
            # no return there: only the money of the order is
            return decision == "refunded" and channel._can_refund_order()
        if channel._does_accepting_pay() and decision in ("approved", "refunded"):
            # it is accepted once: goods that come back are paid when they are here
            return (decision == "refunded") == self.goods_back
        if decision == "received":
            return channel._can_tell_return(decision)
        return super()._is_channel_concerned(decision)

    def _get_refund_mark(self):
        """By what a refund that the shop makes for us is known, see ``find_mark``."""
        self.ensure_one()
        # sudo: which database it is, is in no user's interest
        parameters = self.env["ir.config_parameter"].sudo()
        database = (parameters.get_param("database.uuid") or "0" * 8)[:8]
        return f"odoo-return-{database}-{self.id}"

    def _is_refund_told(self, order, amount):
        """Whether the shop was told to give back just that of an order.

        :param amount: Decimal, as the shop tells it now
        """
        self.ensure_one()
        return any(
            intent.kind == "returns"
            and intent.payload["decision"] == "refunded"
            and intent.order_id._get_channel_root() == order._get_channel_root()
            and Decimal(intent.payload["amount"]) == amount
            for intent in self.sudo().channel_intent_ids
        )
