# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import json
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..neutral.identity import NEWER, OLDER, compare

_WAITING = ("received", "held", "error")


class ChannelOrder(models.Model):
    """A row of the inbox; here: storing messages, many at once, by many processes."""

    _inherit = "channel.order"

    @api.model
    def _insert_messages(self, channel, messages):
        """Insert what is not there yet, in the order of keys so that two processes
        never wait for each other in a ring.

        :return: ``{message key: row id}`` of the new rows
        """
        messages = sorted(messages, key=lambda message: message.key)
        if not messages:
            return {}
        now = fields.Datetime.now()
        common = (channel.id, channel.company_id.id, now, self.env.uid)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO channel_order (
                    channel_id, company_id, received_at, create_date, write_date,
                    create_uid, write_uid, attempt_count,
                    external_id, number, placed_at, external_updated_at,
                    payload, payload_raw, payload_hash,
                    state, error, error_code, processed_at, to_process
                ) VALUES %s
                ON CONFLICT DO NOTHING
                RETURNING id, external_id, payload_hash
                """,
                SQL(", ").join(self._sql_new_row(m, *common) for m in messages),
            )
        )
        ids = {
            ("id", external_id) if external_id else ("hash", payload_hash): row_id
            for row_id, external_id, payload_hash in rows
        }
        broken = [ids[m.key] for m in messages if m.problem and m.key in ids]
        records = self.browse(broken)
        records._log_event("state", dict.fromkeys(broken, "received"), "error")
        return ids

    def _sql_new_row(self, message, channel_id, company_id, now, uid):
        error = self._get_message_error(message)
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, 0, %s, %s, %s, %s, %s::jsonb, %s, %s, "
            "%s, %s, %s, %s, %s)",
            channel_id,
            company_id,
            now,
            now,
            now,
            uid,
            uid,
            message.external_id,
            message.number,
            _naive(message.placed_at),
            _naive(message.updated_at),
            _json(message),
            _stored_bytes(message),
            message.payload_hash,
            "error" if error else "received",
            error,
            message.problem or None,
            now if error else None,
            not error,
        )

    @api.model
    def _find_stored(self, channel, messages):
        """``{message key: stored row as dict}`` in one query."""
        if not messages:
            return {}
        by_kind = {"id": [], "hash": []}
        for message in messages:
            by_kind[message.key[0]].append(message.key[1])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, external_id, payload_hash, external_updated_at, state
                FROM channel_order WHERE channel_id = %s AND (
                    external_id = ANY(%s)
                    OR (external_id IS NULL AND payload_hash = ANY(%s)))
                """,
                channel.id,
                by_kind["id"],
                by_kind["hash"],
            )
        )
        return {
            ("id", row["external_id"])
            if row["external_id"]
            else ("hash", row["payload_hash"]): row
            for row in rows
        }

    @api.model
    def _compare_messages(self, channel, messages, known):
        """Take over newer versions of stored rows.

        :return: dict with ``process`` (ids), ``older`` (keys) and ``unreadable``:
            ids of messages about imported orders that nobody can read, kept in rows of
            their own because the good version must stay
        """
        newer, older, unreadable = [], [], []
        now = datetime.now(timezone.utc)
        for message in messages:
            row = known[message.key]
            stamp = row["external_updated_at"]
            stored = (
                row["payload_hash"],
                stamp and stamp.replace(tzinfo=timezone.utc),
            )
            verdict = compare(stored, message.version, now)
            if verdict == OLDER:
                older.append(message.key)
            elif verdict == NEWER:
                settled = row["state"] in ("imported", "updated")
                broken = message.problem and settled
                (unreadable if broken else newer).append((message, row))
        result = {"process": self._update_messages(newer), "older": older}
        if unreadable:
            result["unreadable"] = self._insert_unreadable(channel, unreadable)
        return result if newer or older or unreadable else {}

    @api.model
    def _update_messages(self, pairs):
        """Replace payloads in one statement; ids of the rows to process."""
        if not pairs:
            return []
        pairs = sorted(pairs, key=lambda pair: pair[1]["id"])
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """
                UPDATE channel_order row SET
                    number = new.number, placed_at = new.placed_at::timestamp,
                    external_updated_at = COALESCE(
                        new.updated_at::timestamp, row.external_updated_at),
                    payload = new.payload::jsonb, payload_raw = new.raw::bytea,
                    payload_hash = new.hash, erased_at = NULL,
                    to_process = new.process::boolean,
                    error = COALESCE(new.error, row.error),
                    error_code = COALESCE(new.code, row.error_code),
                    state = COALESCE(new.state, row.state),
                    write_date = %(now)s, write_uid = %(uid)s
                FROM (VALUES %(values)s) AS new (id, number, placed_at, updated_at,
                    payload, raw, hash, process, error, code, state)
                WHERE row.id = new.id RETURNING row.id
                """,
                now=now,
                uid=self.env.uid,
                values=SQL(", ").join(self._sql_newer_row(*pair) for pair in pairs),
            )
        )
        self.invalidate_model()
        self.browse([row["id"] for _message, row in pairs])._log_event("payload")
        fallen = [r["id"] for m, r in pairs if m.problem and r["state"] == "received"]
        broken = self.browse(fallen)
        broken._log_event("state", dict.fromkeys(fallen, "received"), "error")
        return [r["id"] for m, r in pairs if not m.problem and r["state"] != "ignored"]

    def _sql_newer_row(self, message, row):
        error = self._get_message_error(message)
        process = not error and row["state"] != "ignored"
        error = error if row["state"] in _WAITING else None
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            row["id"],
            message.number,
            _naive(message.placed_at),
            _naive(message.updated_at),
            _json(message),
            _stored_bytes(message),
            message.payload_hash,
            process,
            error,
            message.problem if error else None,
            "error" if error and row["state"] == "received" else None,
        )

    @api.model
    def _insert_unreadable(self, channel, pairs):
        messages = {}
        for message, _row in pairs:
            messages[message.key] = read = type(message)(
                None, message.payload, message.raw, message.payload_hash, "unreadable"
            )
            read.number, read.where = message.number, message.where
        ids = self._insert_messages(channel, messages.values())
        rest = [message for message in messages.values() if message.key not in ids]
        ids |= {key: r["id"] for key, r in self._find_stored(channel, rest).items()}
        return {key: ids[message.key] for key, message in messages.items()}


def _naive(moment):
    return moment and moment.astimezone(timezone.utc).replace(tzinfo=None)


def _json(message):
    if message.raw is not None:
        return None
    return json.dumps(message.payload, ensure_ascii=False)


def _stored_bytes(message):
    # a Binary field keeps base64
    return base64.b64encode(message.raw) if message.raw is not None else None
