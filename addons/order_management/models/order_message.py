# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: what customers hear of; a template each
EVENTS = [
    ("received", "Received"),
    ("on_hold", "Something Is Missing"),
    ("no_stock", "Not in Stock"),
    ("shipped", "Shipped"),
    ("delayed", "Delayed"),
    ("delivered", "Delivered"),
    ("cancelled", "Cancelled"),
    ("cancelled_part", "Part Cancelled"),
    ("request_answered", "Request Answered"),
    ("return_approved", "Return Approved"),
    ("return_refused", "Return Refused"),
    ("return_received", "Return Received"),
    ("refunded", "Refunded"),
]


class OrderMessage(models.Model):
    """One thing that a customer is told about an order, at most once.

    The row is written with what happened, in the same transaction, and sent later: an
    order that is rolled back tells nobody, and a mail server that is down stops no
    order. ``key`` tells apart what happens more than once, such as parcels.
    """

    _name = "order.message"
    _description = "Customer Message"
    _order = "id desc"
    _rec_name = "event"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    channel_id = fields.Many2one(
        "sale.channel", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null", index=True
    )
    event = fields.Selection(EVENTS, required=True, readonly=True)
    key = fields.Char(
        "About",
        readonly=True,
        index="trigram",
        help="Which parcel, return or date it is about.",
    )
    medium = fields.Selection(
        [("email", "E-mail")], "By", required=True, readonly=True, default="email"
    )
    lang = fields.Char("Language", readonly=True)
    state = fields.Selection(
        [
            ("to_send", "To Send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
        ],
        required=True,
        readonly=True,
        default="to_send",
    )
    error = fields.Text("Problem", readonly=True)
    attempt_count = fields.Integer("Attempts", readonly=True)
    next_at = fields.Datetime("Next Attempt", readonly=True)
    sent_at = fields.Datetime("Sent On", readonly=True)
    mail_id = fields.Many2one(
        "mail.mail",
        "E-mail",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    _event_uniq = models.UniqueIndex(
        "(order_id, event, COALESCE(key, ''), medium)",
        "The customer was told already.",
    )
    _due_idx = models.Index("(next_at) WHERE state IN ('to_send', 'failed')")
    # those that did not simply go out, among the messages of years
    _not_sent_idx = models.Index("(state, id) WHERE state <> 'sent'")
    # rows arrive in the order of time: a block range index stays tiny at any size
    _create_date_idx = models.Index("USING brin (create_date)")

    @api.model
    def _queue(self, entries):
        """Have customers told, each thing once; any number in a few statements.

        :param entries: ``[(order, event, key or None)]``
        :return: the new messages, as superuser; none where the company, the channel or
            the history of an order wants silence, or it was told before
        """
        # sudo: whoever ships or confirms need not be allowed to write to customers
        rows = [
            vals
            for order, event, key in entries
            for vals in self._prepare_rows(order.sudo(), event, key)
        ]
        if not rows:
            return self.sudo().browse()
        self.env.flush_all()
        ids = [row[0] for row in self.env.execute_query(self._sql_insert(rows))]
        messages = self.sudo().browse(ids)
        if messages:
            # written behind the ORM's back
            orders = self.env["sale.order"]
            orders.invalidate_model(["customer_message_ids"], flush=False)
            messages.env.ref("order_management.ir_cron_send_messages")._trigger()
        return messages

    @api.model
    def _prepare_rows(self, order, event, key):
        if not order._is_told(event):
            return []
        partner = order.partner_id
        return [
            {
                "order_id": order.id,
                "company_id": order.company_id.id,
                "channel_id": order.sale_channel_id.id or None,
                "partner_id": partner.id,
                "event": event,
                "key": str(key)[:200] if key else None,
                "medium": medium,
                "lang": order._get_customer_lang(),
                **self._judge(order, medium),
            }
            for medium in order._get_message_media(event)
        ]

    @api.model
    def _judge(self, order, medium):
        """Whether an order's customer can be reached; values of state and error."""
        problem = order._get_message_obstacle(medium)
        return {"state": "skipped" if problem else "to_send", "error": problem or None}

    @api.model
    def _sql_insert(self, rows):
        """A row that is there already is left as it is; one that another transaction
        writes at this moment makes this one start over."""
        names = list(rows[0])
        return SQL(
            """
            INSERT INTO order_message (%(names)s, attempt_count, next_at,
                create_uid, create_date, write_uid, write_date)
            VALUES %(values)s
            ON CONFLICT DO NOTHING RETURNING id
            """,
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(
                SQL(
                    "(%s, 0, %s, %s, now() at time zone 'UTC', %s,"
                    " now() at time zone 'UTC')",
                    SQL(", ").join(SQL("%s", row[name]) for name in names),
                    fields.Datetime.now(),
                    self.env.uid,
                    self.env.uid,
                )
                for row in rows
            ),
        )

    def action_send_again(self):
        """Try once more what failed or was skipped.

        :raises UserError: one of them was sent already
        """
        self.check_access("read")
        self.env["sale.order"].check_access("write")
        if any(message.state == "sent" for message in self):
            raise UserError(
                self.env._(
                    "Messages that were sent are not sent twice. Leave them out; write "
                    "to the customer in the order instead."
                )
            )
        # sudo: the rows are the system's own
        for message in self.sudo():
            vals = self._judge(message.order_id, message.medium)
            message.write(
                {**vals, "attempt_count": 0, "next_at": fields.Datetime.now()}
            )
        self.env.ref("order_management.ir_cron_send_messages").sudo()._trigger()
        return True

    def action_open_order(self):
        """Open the order that the message is about."""
        self.ensure_one()
        return self.order_id.get_formview_action()
