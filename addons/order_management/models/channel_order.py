# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.payload import canonical_hash, in_reading_order, without_personal_data

#: Proof that a write comes from this file: an object no RPC context can carry.
_PAYLOAD = object()


class ChannelOrder(models.Model):
    """One message about an order, as it came from a channel: a row of the inbox.

    What arrived is kept unchanged beside what became of it. Rows come by the
    million: no message, follower or tracking value is written for them. They are
    threads only because activities of `mail` need one; history is ``order.event``.
    """

    _name = "channel.order"
    _inherit = [
        "order.group.mixin",
        "order.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Inbox Order"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["external_id", "number"]
    # nobody writes rows by hand, but whoever reads one may plan activities on it
    _mail_post_access = "read"

    _TRANSITIONS = {
        "received": ("imported", "held", "error", "ignored"),
        "held": ("imported", "ignored"),
        "error": ("imported", "ignored"),
        "imported": ("updated",),
        "updated": ("updated",),
    }
    #: what arrived: fixed from the first moment
    _RECEIVED_FIELDS = frozenset(
        (
            "channel_id",
            "company_id",
            "external_id",
            "number",
            "placed_at",
            "external_updated_at",
            "payload",
            "payload_raw",
            "payload_hash",
            "received_at",
            "erased_at",
        )
    )

    channel_id = fields.Many2one(
        "sale.channel",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index=True
    )
    external_id = fields.Char(
        "External ID",
        readonly=True,
        copy=False,
        help="The channel's own identifier of the order. Empty when the message has "
        "none that can be used.",
    )
    number = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="The number that the buyer sees.",
    )
    placed_at = fields.Datetime(
        readonly=True, help="When the buyer ordered, as the channel tells it."
    )
    external_updated_at = fields.Datetime(
        "Changed on Channel",
        readonly=True,
        help="When the channel last changed the order: of two versions the newer one "
        "counts.",
    )
    payload = fields.Json(
        readonly=True, copy=False, groups="order_management.group_clerk"
    )
    payload_text = fields.Text(
        "Message",
        compute="_compute_payload_text",
        groups="order_management.group_clerk",
    )
    payload_raw = fields.Binary(
        "Exact Message",
        attachment=False,
        readonly=True,
        copy=False,
        groups="order_management.group_clerk",
        help="The bytes that arrived, kept only where storing them as JSON would "
        "change or refuse them.",
    )
    payload_hash = fields.Char(
        "Fingerprint",
        required=True,
        readonly=True,
        copy=False,
        help="SHA-256 of the message as canonical JSON: tells a repetition from a "
        "change.",
    )
    state = fields.Selection(
        [
            ("received", "Received"),
            ("held", "Held"),
            ("error", "Error"),
            ("imported", "Imported"),
            ("updated", "Updated"),
            ("ignored", "Ignored"),
        ],
        group_expand="_group_expand_state",
        required=True,
        readonly=True,
        default="received",
        copy=False,
        help="Held: a mapping, a payment or a decision in Odoo is missing. "
        "Error: the message or the channel's configuration is wrong. "
        "Ignored: a person decided so.",
    )
    error = fields.Text(
        readonly=True, copy=False, help="Why the order waits and what to do about it."
    )
    error_code = fields.Char(
        readonly=True,
        copy=False,
        help="Short name of the kind of problem, for grouping.",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, copy=False
    )
    processed_at = fields.Datetime(
        readonly=True, copy=False, help="When the row reached its present state."
    )
    attempt_count = fields.Integer("Attempts", readonly=True, copy=False)
    erased_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When personal data was removed. What was bought and for how much stays.",
    )

    # the identifier first: the search box knows no channel
    _channel_external_uniq = models.UniqueIndex(
        "(external_id, channel_id) WHERE external_id IS NOT NULL",
        "This channel's order is in the inbox already: it is stored once only.",
    )
    _channel_payload_uniq = models.UniqueIndex(
        "(channel_id, payload_hash) WHERE external_id IS NULL",
        "This message without an identifier is in the inbox already.",
    )
    _payload_hash_check = models.Constraint(
        "CHECK (length(payload_hash) = 64)",
        "The fingerprint of a message is a SHA-256 in 64 hexadecimal digits.",
    )
    _sale_order_check = models.Constraint(
        "CHECK (state NOT IN ('imported', 'updated') OR sale_order_id IS NOT NULL)",
        "An imported inbox row needs its sale order.",
    )
    _error_check = models.Constraint(
        "CHECK (state NOT IN ('held', 'error') OR COALESCE(error, '') <> '')",
        "A held inbox row or one in error needs a text that says why.",
    )
    _external_id_check = models.Constraint(
        "CHECK (external_id <> '')",
        "An external identifier is either missing or has at least one character.",
    )
    # the rows that still wait are few, whatever the size of the inbox
    _waiting_idx = models.Index(
        "(channel_id, state) WHERE state IN ('received', 'held', 'error')"
    )

    @api.depends("external_id", "number")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.number or row.external_id or f"#{row.id or ''}"

    @api.depends("payload")
    def _compute_payload_text(self):
        for row in self:
            row.payload_text = row.payload and json.dumps(
                in_reading_order(row.payload), ensure_ascii=False, indent=2
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Store messages; a fingerprint that is not given is computed.

        :raises ValidationError: when a payload is not plain JSON and brings no
            fingerprint of its own
        """
        for vals in vals_list:
            if not vals.get("payload_hash"):
                vals["payload_hash"] = self._canonical_hash(vals.get("payload") or {})
        silent = self.with_context(tracking_disable=True)
        return super(ChannelOrder, silent).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Everything but what arrived, which stays as it came.

        :raises UserError: when ``vals`` would change the message
        """
        fixed = self._RECEIVED_FIELDS.intersection(vals)
        if fixed and self.env.context.get("order_management_payload") is not _PAYLOAD:
            raise UserError(
                self.env._(
                    "What a channel sent is kept as it came: %(fields)s cannot be "
                    "changed. Let the channel send a newer version instead.",
                    fields=", ".join(sorted(fixed)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "Inbox rows prove what a channel sent and cannot be deleted. Use "
                "“Ignore” for orders that should not be imported."
            )
        )

    def action_ignore(self, reason):
        """Decide that these orders are not to be imported.

        :param str reason: why, kept in each row's history
        :raises AccessError: for everybody but reviewers
        :raises UserError: without a reason, or when a row is imported already
        """
        if not self.env.user.has_group("order_management.group_reviewer"):
            raise AccessError(
                self.env._(
                    "Only reviewers may ignore orders of the inbox. Ask one of them, "
                    "or leave an activity on the order."
                )
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why these orders are to be ignored."))
        self.check_access("read")
        self.sudo()._transition("ignored", reason)
        return True

    def action_view_sale_order(self):
        """Open the sale order that this row became."""
        self.ensure_one()
        if not self.sale_order_id:
            raise UserError(self.env._("There is no sale order for this row yet."))
        return self.sale_order_id.get_formview_action()

    @api.model
    def _canonical_hash(self, payload):
        """SHA-256 of the payload as canonical JSON without its key ``raw``.

        :raises ValidationError: when it cannot be written as plain JSON
        """
        try:
            return canonical_hash(payload)
        except ValueError as error:
            raise ValidationError(
                self.env._("The message cannot be stored: %(error)s", error=error)
            ) from error

    def _store_newer_payload(self, payload, external_updated_at=False, raw=False):
        """Replace the stored version of an order by a newer one.

        Same content: nothing happens. Older than what is stored (by the channel's
        clock, or by arrival where a version has none): only an event tells of it.

        :return: whether the row was changed
        """
        self.ensure_one()
        payload_hash = self._canonical_hash(payload)
        if payload_hash == self.payload_hash:
            return False
        known = self.external_updated_at
        if known and external_updated_at and external_updated_at < known:
            self._log_event("payload", reason=self.env._("Older version ignored"))
            return False
        self.with_context(order_management_payload=_PAYLOAD).write(
            {
                "payload": payload,
                "payload_raw": raw,
                "payload_hash": payload_hash,
                "external_updated_at": external_updated_at or known,
                "erased_at": False,
            }
        )
        self._log_event("payload")
        return True

    def _erase_personal_data(self):
        """Remove what tells who bought; fingerprints, amounts and states stay.

        Erased are the message but for what was bought, the exact bytes, the error
        text and the words in the history. Rows erased before are left alone.
        """
        rows = self.filtered(lambda row: not row.erased_at)
        now = fields.Datetime.now()
        for row in rows.with_context(order_management_payload=_PAYLOAD):
            row.write(
                {
                    "payload": without_personal_data(row.payload),
                    "payload_raw": False,
                    "erased_at": now,
                    "error": row.error and self.env._("Personal data erased"),
                }
            )
        events = self.env["order.event"].sudo().search(rows._get_event_domain())
        events._erase_reason()
        rows._log_event("erase")

    def _prepare_transition_vals(self, target, reason):
        """Override of ``order.state.mixin`` to keep the reason where people look."""
        vals = super()._prepare_transition_vals(target, reason)
        vals["processed_at"] = fields.Datetime.now()
        if target in ("held", "error"):
            vals["error"] = reason
        elif target != "ignored":
            vals.update(error=False, error_code=False)
        return vals
