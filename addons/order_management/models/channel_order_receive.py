# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import split_every

from ..neutral.identity import NEWER, OLDER, compare
from ..tools.inbox_message import read_message, read_messages
from ..tools.obstacles import MAX_DEPTH

MAX_PAYLOADS = 1000
JOB_SIZE = 100


class ChannelOrder(models.Model):
    """A row of the inbox; here: how messages get in."""

    _inherit = "channel.order"

    to_process = fields.Boolean(
        "Waits for Processing",
        readonly=True,
        copy=False,
        help="A version has arrived, or somebody asked to try again, and no job has "
        "taken it up yet.",
    )

    _to_process_idx = models.Index("(id) WHERE to_process")

    @api.model
    def receive(self, channel_id, payloads):
        """Store what a channel sends and have it processed soon; never an order here.

        Safe to repeat and to call from many processes: a message is stored once, an
        older version changes nothing, a newer one replaces what is stored.

        :param int channel_id: an active channel of one of the user's companies
        :param list payloads: at most 1,000 neutral orders (schema_version 1)
        :return: one dict a payload, in order: ``external_id``, ``id``, ``state``,
            ``sale_order_id`` or False, ``error`` or False
        :raises AccessError: without the right Channel API (or Manager)
        :raises MissingError: unknown, archived or foreign channel
        :raises UserError: not a list, or more than 1,000 payloads
        """
        channel_sudo = self._get_receiving_channel(channel_id)
        self._check_payloads(payloads)
        messages = [read_message(payload) for payload in payloads]
        return self._store_messages(channel_sudo, messages)

    @api.model
    def _receive_raw(self, channel, data):
        """As :meth:`receive`, from the bytes of a request that was authenticated.

        Only here can equal keys be seen and exact bytes be kept.

        :param channel: the channel that the request belongs to
        :param bytes data: one JSON object or an array of them
        :raises ValueError: the body is not JSON: answer 400 and store nothing
        """
        messages = read_messages(data)
        self._check_payloads(messages)
        return self._store_messages(channel.sudo(), messages)

    @api.model
    def _get_receiving_channel(self, channel_id):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("order_management.group_channel")
            or user.has_group("order_management.group_manager")
        ):
            raise AccessError(
                self.env._(
                    "Handing orders to the inbox needs the right Order Hub: Channel "
                    "API. Ask an administrator to give it to the user of this API key."
                )
            )
        channel = self.env["sale.channel"].sudo()
        if isinstance(channel_id, int) and not isinstance(channel_id, bool):
            domain = [("id", "=", channel_id)]
            if not self.env.su:
                domain.append(("company_id", "in", user._get_company_ids()))
            channel = channel.search(domain)
        if not channel:
            # the same words whether it is archived, a neighbour's, or never was
            raise MissingError(
                self.env._(
                    "Channel not found: %(channel)s. Give the ID of an active channel "
                    "of your company.",
                    channel=str(channel_id)[:40],
                )
            )
        return channel

    @api.model
    def _check_payloads(self, payloads):
        if not isinstance(payloads, (list, tuple)):
            raise UserError(self.env._("“payloads” must be a list of orders."))
        if len(payloads) > MAX_PAYLOADS:
            raise UserError(
                self.env._(
                    "%(count)s payloads are too many for one call: send at most "
                    "%(limit)s, the rest in further calls.",
                    count=len(payloads),
                    limit=MAX_PAYLOADS,
                )
            )

    @api.model
    def _store_messages(self, channel, messages):
        """Store messages of one channel; see :meth:`receive` for the answer."""
        self = self.sudo()
        self.flush_model()
        newest, older = self._fold_messages(messages)
        inserted = self._insert_messages(channel, newest.values())
        rest = [message for message in newest.values() if message.key not in inserted]
        known = self._find_stored(channel, rest)
        rows = self._compare_messages(channel, rest, known)
        if inserted or rows:
            self.invalidate_model()
        ids = inserted | {key: row["id"] for key, row in known.items()}
        stale = [message.key for message in older] + rows.pop("older", [])
        self.browse(dict.fromkeys(ids[key] for key in stale))._log_event(
            "payload", reason=self.env._("Older version ignored")
        )
        fresh = [ids[key] for key in inserted if not newest[key].problem]
        self.browse(sorted(fresh + rows.pop("process", [])))._enqueue_processing()
        return self._prepare_answers(messages, ids | rows.pop("unreadable", {}))

    @api.model
    def _fold_messages(self, messages):
        """The newest version a key of one call, and the older ones."""
        newest, older = {}, []
        now = datetime.now(timezone.utc)
        for message in messages:
            kept = newest.setdefault(message.key, message)
            if kept is message:
                continue
            verdict = compare(kept.version, message.version, now)
            if verdict == NEWER:
                older.append(kept)
                newest[message.key] = message
            elif verdict == OLDER:
                older.append(message)
        return newest, older

    @api.model
    def _prepare_answers(self, messages, ids):
        rows = {row.id: row for row in self.browse(dict.fromkeys(ids.values()))}
        self.browse(rows).fetch(["external_id", "state", "sale_order_id", "error"])
        return [
            {
                "external_id": row.external_id,
                "id": row.id,
                "state": row.state,
                "sale_order_id": row.sale_order_id.id,
                "error": row.error,
            }
            for row in (rows[ids[message.key]] for message in messages)
        ]

    @api.model
    def _get_message_error(self, message):
        """What is wrong with a message that cannot be processed, for people."""
        if not message.problem:
            return None
        problem = self._get_message_problem(message)
        if not problem.startswith("$"):
            problem = f"{message.where}: {problem}"
        again = self.env._("Have the channel correct it and send it again.")
        return f"{problem} {again}"

    @api.model
    def _get_message_problem(self, message):
        texts = {
            "not_object": self.env._("$: expected a JSON object, an order."),
            "no_identifier": self.env._(
                "$.external_id: missing or not usable; expected text of 1 to 255 "
                "characters that identifies the order on the channel."
            ),
            "nul": self.env._("The message contains NUL characters."),
            "surrogate": self.env._("The message contains broken Unicode characters."),
            "nan": self.env._("The message contains NaN or Infinity as a number."),
            "number": self.env._("The message contains a number of absurd size."),
            "depth": self.env._(
                "The message is nested deeper than %(limit)s levels.", limit=MAX_DEPTH
            ),
            "duplicate_key": self.env._(
                "The message names one key of an object twice, with possibly different "
                "values."
            ),
            "too_large": self.env._("The message is larger than 4 million characters."),
            "unreadable": self.env._(
                "A newer version of order %(number)s, which is imported already, "
                "cannot be read.",
                number=message.number or message.external_id or "?",
            ),
        }
        return texts.get(message.problem) or self.env._(
            "The message contains something that is not JSON."
        )

    def _enqueue_processing(self):
        """One job a hundred rows; a repeated call finds the same job."""
        for ids in split_every(JOB_SIZE, self.ids):
            rows = self.browse(ids)
            versions = repr([(row.id, row.payload_hash) for row in rows])
            key = hashlib.sha256(versions.encode()).hexdigest()
            rows.with_delay(
                channel="root.order_management.inbox",
                description=self.env._("Process %(count)s orders", count=len(rows)),
                identity_key=f"order_management.inbox:{key}",
            )._job_process()
