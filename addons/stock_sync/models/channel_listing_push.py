# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: reasons that ask for sending again what was refused before
_FORCED = frozenset(("hand", "drift", "mapping"))
#: seconds after which a refused listing is tried again by itself
_REFUSED_WAIT = 6 * 3600
#: tries of a compare-and-set before a person has to look
MAX_STALE = 3


class ChannelListing(models.Model):
    """A listing; here: what it should show, what was sent, what the shop confirmed.

    ``target_qty`` is what should be shown. ``acked_qty`` is what we know the shop
    has (never, while ``acked_at`` is empty). Everything is written in short
    transactions: before a call what is about to be sent, after it what became of it.
    """

    _inherit = "channel.listing"

    target_qty = fields.Integer("To Show", readonly=True, copy=False)
    target_at = fields.Datetime("Counted", readonly=True, copy=False)
    target_number = fields.Integer(readonly=True, copy=False)
    target_steps = fields.Json(readonly=True, copy=False)
    target_reason = fields.Char(readonly=True, copy=False)
    target_user_id = fields.Integer(readonly=True, copy=False)
    sent_qty = fields.Integer("Sent", readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    acked_qty = fields.Integer("In the Shop", readonly=True, copy=False)
    acked_at = fields.Datetime("Confirmed", readonly=True, copy=False)
    remote_version = fields.Char(readonly=True, copy=False)
    push_state = fields.Selection(
        [
            ("none", "Not sent"),
            ("done", "Up to date"),
            ("pending", "To send"),
            ("sent", "On its way"),
            ("unknown", "Unknown"),
            ("failed", "Refused"),
        ],
        "Stock",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        help="Unknown: the shop did not answer; it is asked before more is shown. "
        "Refused: the shop said no, see the message.",
    )
    push_error = fields.Char("Message", readonly=True, copy=False)
    push_retry_at = fields.Datetime("Next Try", readonly=True, copy=False)
    stale_count = fields.Integer(readonly=True, copy=False)

    _push_idx = models.Index(
        "(channel_id, push_state) WHERE push_state IN ('pending', 'sent', 'unknown')"
    )
    _quantities_check = models.Constraint(
        "CHECK (target_qty >= 0 AND sent_qty >= 0 AND acked_qty >= 0)",
        "A shop never shows less than nothing.",
    )

    @api.model
    def _set_targets(self, why):
        """Count what the listings of some products should show; note what differs.

        :param why: ``{product id: (reason, user id)}``
        :return: ids of the shops that have something to send
        """
        published = self.env["channel.stock.publisher"]._publish(sorted(why))
        if not published:
            return set()
        current = self.env.execute_query(
            SQL(
                """
                SELECT id, product_id, channel_id, target_qty, target_at, acked_qty,
                       acked_at, push_state
                FROM channel_listing WHERE id = ANY(%s) ORDER BY id
                """,
                list(published),
            )
        )
        off, changed, channel_ids = [], [], set()
        for row in current:
            listing_id, product_id, channel_id, *state = row
            shown = published[listing_id]
            reason, uid = why[product_id]
            if shown.steps[0].code == "not_written":
                if state[-1] != "none":
                    off.append(listing_id)
            elif _differs(shown.quantity, reason, *state):
                changed.append((listing_id, shown, reason, uid))
                channel_ids.add(channel_id)
        self._write_targets(changed)
        self._write_off(off)
        return channel_ids

    @api.model
    def _write_targets(self, changed):
        if not changed:
            return
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE channel_listing listing SET
                    target_qty = new.quantity, target_at = %(now)s,
                    target_number = COALESCE(target_number, 0) + 1,
                    target_steps = new.steps::jsonb, target_reason = new.reason,
                    target_user_id = new.uid, push_retry_at = NULL, stale_count = 0,
                    push_error = NULL,
                    push_state = CASE
                        WHEN push_state IN ('sent', 'unknown') THEN push_state
                        WHEN acked_at IS NOT NULL AND acked_qty = new.quantity
                            THEN 'done'
                        ELSE 'pending' END
                FROM unnest(%(ids)s, %(quantities)s, %(steps)s, %(reasons)s, %(uids)s)
                    AS new (id, quantity, steps, reason, uid)
                WHERE listing.id = new.id
                """,
                now=now,
                ids=[listing_id for listing_id, *_rest in changed],
                quantities=[shown.quantity for _id, shown, *_rest in changed],
                steps=[
                    json.dumps([list(step) for step in shown.steps])
                    for _id, shown, *_rest in changed
                ],
                reasons=[reason or "" for *_rest, reason, _uid in changed],
                uids=[uid or 0 for *_rest, uid in changed],
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _write_off(self, listing_ids):
        """The shop does not take part (any more): nothing waits to be sent."""
        if listing_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE channel_listing SET push_state = 'none', push_error = NULL"
                    " WHERE id = ANY(%s) AND push_state NOT IN ('sent', 'unknown')",
                    listing_ids,
                )
            )
            self.invalidate_model(flush=False)

    @api.model
    def _claim(self, channel_id, limit, can_raise):
        """What is sent next: zeros first, then what shrinks, then what grows.

        Noted as sent before it is: whoever dies in between leaves it to be asked.

        :param can_raise: without, nothing grows
        :return: list of dicts
        """
        return self.env.execute_query_dict(
            SQL(
                """
                UPDATE channel_listing listing SET push_state = 'sent',
                    sent_qty = target_qty, sent_at = %(now)s
                FROM (
                    SELECT id, %(order)s AS place FROM channel_listing
                    WHERE channel_id = %(channel)s AND push_state = 'pending' AND active
                      AND (push_retry_at IS NULL OR push_retry_at <= %(now)s)
                      AND (%(raise)s OR (acked_at IS NOT NULL
                                         AND target_qty <= acked_qty))
                    ORDER BY %(order)s, target_qty, item_ref, id LIMIT %(limit)s
                    FOR NO KEY UPDATE
                ) AS next WHERE next.id = listing.id
                RETURNING listing.id, item_ref, variant_ref, location_ref,
                    inventory_ref, sent_qty, acked_qty,
                    acked_at IS NOT NULL AS is_known, target_number, target_reason,
                    target_user_id, target_steps, listing.product_id, stale_count, place
                """,
                now=fields.Datetime.now(),
                channel=channel_id,
                limit=limit,
                order=SQL(
                    "CASE WHEN target_qty = 0 THEN 0 WHEN acked_at IS NOT NULL"
                    " AND target_qty < acked_qty THEN 1 ELSE 2 END"
                ),
                **{"raise": can_raise},
            )
        )

    @api.model
    def _store_taken(self, taken):
        """:param taken: list of (id, quantity the shop has now, version)"""
        self._update_pushed(
            taken,
            SQL(
                """acked_qty = new.quantity, acked_at = %s, push_error = NULL,
                remote_version = new.text, push_retry_at = NULL, stale_count = 0,
                push_state = CASE WHEN listing.target_qty = new.quantity THEN 'done'
                    ELSE 'pending' END""",
                fields.Datetime.now(),
            ),
        )

    @api.model
    def _store_refused(self, refused, seconds=_REFUSED_WAIT):
        """The shop said no, or something else.

        :param refused: list of (id, quantity it shows instead or -1, message)
        """
        self._update_pushed(
            refused,
            SQL(
                """push_error = new.text, acked_qty = CASE WHEN new.quantity >= 0
                    THEN new.quantity ELSE acked_qty END,
                push_state = CASE
                    WHEN listing.target_qty != listing.sent_qty THEN 'pending'
                    ELSE 'failed' END,
                push_retry_at = CASE
                    WHEN listing.target_qty = listing.sent_qty THEN %s::timestamp
                    END""",
                fields.Datetime.now() + timedelta(seconds=seconds),
            ),
        )

    @api.model
    def _store_unknown(self, unknown):
        """:param unknown: list of (id, 0, message)"""
        self._update_pushed(
            unknown, SQL("push_state = 'unknown', push_error = new.text")
        )

    @api.model
    def _store_back(self, back, seconds=0):
        """Nothing was done: to be sent again, not before ``seconds`` are over."""
        self._update_pushed(
            back,
            SQL(
                "push_state = 'pending', push_error = NULLIF(new.text, ''),"
                " push_retry_at = %s",
                fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None,
            ),
        )

    @api.model
    def _store_stale(self, stale):
        """Somebody changed it there: what is there now is known, or to be asked.

        :param stale: list of (id, current quantity or -1, message)
        """
        self._update_pushed(
            stale,
            SQL(
                """stale_count = COALESCE(stale_count, 0) + 1, push_error = new.text,
                acked_qty = CASE WHEN new.quantity >= 0 THEN new.quantity
                    ELSE acked_qty END,
                push_state = CASE
                    WHEN COALESCE(stale_count, 0) + 1 >= %s THEN 'failed'
                    WHEN new.quantity >= 0 THEN 'pending' ELSE 'unknown' END,
                push_retry_at = %s""",
                MAX_STALE,
                fields.Datetime.now() + timedelta(seconds=20),
            ),
        )

    @api.model
    def _store_gone(self, gone):
        """:param gone: list of (id, 0, message)"""
        self._update_pushed(
            gone,
            SQL(
                "push_state = 'failed', push_error = new.text, is_online = FALSE,"
                " missing_since = COALESCE(missing_since, %s)",
                fields.Datetime.now(),
            ),
        )

    @api.model
    def _update_pushed(self, rows, values):
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE channel_listing listing SET %s
                FROM unnest(%s, %s, %s) AS new (id, quantity, text)
                WHERE listing.id = new.id
                """,
                values,
                [row[0] for row in rows],
                [row[1] for row in rows],
                [row[2] or "" for row in rows],
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _recover_sent(self, channel_id):
        """What a job that died had sent: nobody knows what became of it.

        :return: ids of all listings of the shop that nobody knows about
        """
        rows = self.env.execute_query(
            SQL(
                "UPDATE channel_listing SET push_state = 'unknown'"
                " WHERE channel_id = %s AND push_state IN ('sent', 'unknown')"
                " RETURNING id",
                channel_id,
            )
        )
        self.invalidate_model(flush=False)
        return sorted(row[0] for row in rows)

    @api.model
    def _retry_refused(self):
        """What was refused is tried again after some hours: promotions end."""
        self.flush_model(["push_state", "push_retry_at"])
        self.env.cr.execute(
            SQL(
                "UPDATE channel_listing SET push_state = 'pending',"
                " push_retry_at = NULL"
                " WHERE push_state = 'failed' AND push_retry_at <= %s"
                " AND missing_since IS NULL AND stale_count < %s",
                fields.Datetime.now(),
                MAX_STALE,
            )
        )
        self.invalidate_model(flush=False)

    def action_push(self):
        """Count and send these listings again, whatever was sent before."""
        self.check_access("read")
        listings_sudo = self.sudo().filtered(lambda one: one.state == "matched")
        dirty = self.env["channel.stock.dirty"]
        dirty._collect_products(listings_sudo.product_id.ids, "hand")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The stock is counted again and sent."),
            },
        }


def _differs(quantity, reason, target_qty, target_at, acked_qty, acked_at, push_state):
    """Whether a listing has to be written: another target, or one that was lost."""
    if target_at is None or target_qty != quantity or push_state == "none":
        return True
    if acked_at is not None and acked_qty == quantity:
        return push_state in ("pending", "failed")
    return push_state == "done" or (push_state == "failed" and reason in _FORCED)
