# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import formatLang


class ChannelReturnIntent(models.Model):
    """What a channel is to be told about one of its returns, once.

    Addons that speak with channels pick the rows up (``state = "pending"``), and say
    when they are done. Nobody picks them up: they tell a person what to enter there.
    """

    _name = "channel.return.intent"
    _description = "Decision a Channel Is to Know"
    _order = "id"
    _rec_name = "decision"

    return_id = fields.Many2one(
        "channel.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="return_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(
        related="return_id.channel_id", store=True, precompute=True
    )
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("received", "Received"),
            ("refunded", "Refunded"),
        ],
        required=True,
    )
    note = fields.Text()
    amount = fields.Monetary()
    currency_id = fields.Many2one(related="return_id.currency_id")
    state = fields.Selection(
        [("pending", "To tell"), ("done", "Told"), ("failed", "Failed")],
        default="pending",
        required=True,
    )
    error = fields.Text()
    told_at = fields.Datetime(readonly=True)

    _once_uniq = models.Constraint(
        "UNIQUE (return_id, decision)", "The channel is told this already."
    )
    _pending_idx = models.Index("(channel_id) WHERE state = 'pending'")

    def _push(self):
        """Have these decisions told. Addons that speak with channels send by a job what
        they can, and leave the rest to this: a line that says what to do by hand."""
        for intent in self:
            intent.return_id._message_log(body=intent._get_words_by_hand())

    def _get_words_by_hand(self):
        """What somebody is to do in the channel's own pages."""
        self.ensure_one()
        record = self.return_id
        values = {
            "channel": self.channel_id.name,
            "number": record.external_id or record.name,
            "note": self.note or "",
            "amount": formatLang(self.env, self.amount, currency_obj=self.currency_id),
        }
        if self.decision == "approved":
            return self.env._(
                "%(channel)s is not told by itself: accept return %(number)s there, "
                "then press “Channel Knows”.",
                **values,
            )
        if self.decision == "refused":
            return self.env._(
                "%(channel)s is not told by itself: refuse return %(number)s there "
                "(%(note)s), then press “Channel Knows”.",
                **values,
            )
        if self.decision == "received":
            return self.env._(
                "%(channel)s is not told by itself: enter there that the goods of "
                "return %(number)s are here, then press “Channel Knows”.",
                **values,
            )
        return self.env._(
            "%(channel)s is not told by itself: refund %(amount)s for return "
            "%(number)s there, then press “Channel Knows”.",
            **values,
        )

    def action_told(self):
        """The channel knows: somebody entered it there, or an addon sent it."""
        self.check_access("write")
        self.write({"state": "done", "told_at": fields.Datetime.now(), "error": False})
        return True


class ChannelReturn(models.Model):
    """A return; here: what its channel is still to be told."""

    _inherit = "channel.return"

    intent_ids = fields.One2many(
        "channel.return.intent", "return_id", "To Tell the Channel", readonly=True
    )
    is_refunded_there = fields.Boolean(
        "Refunded on the Channel",
        readonly=True,
        copy=False,
        help="The channel gave the money back and told of it: it need not be told.",
    )
    is_channel_to_tell = fields.Boolean(
        "Channel to Be Told",
        compute="_compute_is_channel_to_tell",
        store=True,
        help="What was decided is not told on the channel yet.",
    )

    @api.depends("intent_ids.state")
    def _compute_is_channel_to_tell(self):
        for record in self:
            record.is_channel_to_tell = any(
                intent.state != "done" for intent in record.intent_ids
            )

    def _note_for_channel(self, decision):
        """Keep what the channel is to be told, in the transaction that decides it.

        What the channel decided itself, it knows.

        :param decision: ``approved``, ``refused``, ``received`` or ``refunded``
        """
        if self.env.context.get("order_management_source") == "channel":
            return
        # sudo: a consequence of the decision, whoever made it
        vals_list = [
            {
                "return_id": record.id,
                "decision": decision,
                "note": record.decision_note,
                "amount": record.refund_amount,
            }
            for record in self.sudo()
            if record.channel_id
            and record._is_channel_concerned(decision)
            and decision not in record.intent_ids.mapped("decision")
        ]
        intents = self.env["channel.return.intent"].sudo().create(vals_list)
        if intents:
            intents._push()

    def _is_channel_concerned(self, decision):
        """Hook: whether a decision is to be known on the channel. Somebody has to enter
        it there where no addon sends it, so only what changes something counts."""
        self.ensure_one()
        if self.is_refunded_there:
            return False
        return bool(self.external_id) and decision != "received"

    def action_told(self):
        """A person entered the decisions on the channel."""
        self.check_access("write")
        self.sudo().intent_ids.filtered(lambda i: i.state != "done").action_told()
        return True
