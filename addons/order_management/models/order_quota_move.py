# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare

from .order_event import _create_append_only_trigger

#: Proof that a create comes from `_apply_moves`: an object no RPC context can carry.
_APPLY = object()


class OrderQuotaMove(models.Model):
    """One change of a quota's counters: append-only, as history is."""

    _name = "order.quota.move"
    _description = "Quota Movement"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _check_company_auto = True

    quota_id = fields.Many2one(
        "order.quota", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="quota_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [
            ("hold", "Held"),
            ("consume", "Consumed"),
            ("release", "Released"),
            ("give_back", "Given back"),
            ("adjust", "Adjusted"),
            ("transfer", "Transferred"),
        ],
        required=True,
        readonly=True,
        help="Held: an order waits for its confirmation. Consumed: it was confirmed. "
        "Released: it no longer waits. Given back: it was cancelled or cut.",
    )
    delta_held = fields.Float(
        "Held ±",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
    )
    delta_consumed = fields.Float(
        "Consumed ±",
        digits=0,
        min_display_digits="Product Unit",
        required=True,
        default=0.0,
        readonly=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        readonly=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.uid,
    )
    moved_at = fields.Datetime(
        "Time", required=True, readonly=True, default=fields.Datetime.now
    )
    reason = fields.Char(readonly=True)
    key = fields.Char(
        "Idempotency Key",
        required=True,
        readonly=True,
        help="Names the change: the same key is never counted twice.",
    )

    _key_uniq = models.Constraint(
        "UNIQUE (key)", "This quota movement has been counted already."
    )
    _kind_check = models.Constraint(
        "CHECK (CASE kind"
        " WHEN 'hold' THEN delta_held > 0 AND delta_consumed = 0"
        " WHEN 'consume' THEN delta_held <= 0 AND delta_consumed > 0"
        " WHEN 'release' THEN delta_held < 0 AND delta_consumed = 0"
        " WHEN 'give_back' THEN delta_held = 0 AND delta_consumed < 0"
        " ELSE delta_held <> 0 OR delta_consumed <> 0 END)",
        "The figures of this quota movement do not fit its kind.",
    )

    def init(self):
        """Let the database itself refuse changes of the history."""
        result = super().init()
        _create_append_only_trigger(self.env, self._table, ("reason",))
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Movements are made together with the counters, by :meth:`_apply_moves`.

        :raises UserError: for everybody else
        """
        if self.env.context.get("order_management_quota_apply") is not _APPLY:
            raise UserError(
                self.env._(
                    "Quota movements are written by the system when orders move. "
                    "Change the limit of the quota instead."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refused: a movement is history.

        :raises UserError: always, but when the system blanks words for privacy
        """
        if not self.env.su or any(vals.values()) or set(vals) - {"reason"}:
            raise UserError(
                self.env._(
                    "Quota movements are history and cannot be changed. A new "
                    "movement puts a wrong one right."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._("Quota movements are history and cannot be deleted by anyone.")
        )

    @api.model
    def _apply_moves(self, vals_list):
        """Write movements and change the counters of their quotas, exactly.

        All quotas are locked in the order of their ids and changed by one UPDATE.
        A transaction that meets a quota changed since its snapshot gets a
        serialization error, which must escape: Odoo then repeats the request.

        :param vals_list: values of movements; ``quota_id``, ``kind`` and ``key`` are
            needed. A key that is known already is not counted again.
        :return: one movement for each item, in order, with superuser rights
        :raises ValidationError: when a quota's counters would leave their bounds, or
            a key is used again for something else
        """
        move_model = self.sudo()
        keys = [vals["key"] for vals in vals_list]
        known = {move.key: move for move in move_model.search([("key", "in", keys)])}
        new = {}
        for vals in vals_list:
            if vals["key"] not in known:
                new.setdefault(vals["key"], vals)
        move_model._change_counters(list(new.values()))
        created = move_model.with_context(order_management_quota_apply=_APPLY).create(
            list(new.values())
        )
        known.update((move.key, move) for move in created)
        for vals in vals_list:
            known[vals["key"]]._check_same_move(vals)
        return move_model.browse(known[key].id for key in keys)

    def _check_same_move(self, vals):
        """A repeated key has to mean the same change."""
        self.ensure_one()
        if (
            self.quota_id.id != vals["quota_id"]
            or self.kind != vals["kind"]
            or float_compare(
                self.delta_held, vals.get("delta_held", 0.0), precision_digits=6
            )
            or float_compare(
                self.delta_consumed, vals.get("delta_consumed", 0.0), precision_digits=6
            )
        ):
            raise ValidationError(
                self.env._(
                    "The key “%(key)s” was used for another movement of the quota "
                    "“%(quota)s”. Every change needs a key of its own.",
                    key=self.key,
                    quota=self.quota_id.display_name,
                )
            )

    @api.model
    def _change_counters(self, vals_list):
        """Add the movements' figures to their quotas: lock, check, one UPDATE."""
        deltas = {}
        for vals in vals_list:
            held, consumed = deltas.get(vals["quota_id"], (0.0, 0.0))
            deltas[vals["quota_id"]] = (
                held + vals.get("delta_held", 0.0),
                consumed + vals.get("delta_consumed", 0.0),
            )
        if not deltas:
            return
        quotas = self.env["order.quota"].browse(sorted(deltas))
        quotas.flush_model()
        # the lock is taken in id order, so that two batches never wait for each other
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, policy, limit_qty, held_qty, consumed_qty"
                " FROM order_quota WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                quotas.ids,
            )
        )
        for row in rows:
            self._check_counters(*row, *deltas[row[0]])
        self.env.cr.execute(
            SQL(
                "UPDATE order_quota q SET"
                " held_qty = q.held_qty + d.held,"
                " consumed_qty = q.consumed_qty + d.consumed,"
                " remaining_qty = q.limit_qty - q.held_qty - q.consumed_qty"
                " - d.held - d.consumed"
                " FROM (VALUES %s) AS d (id, held, consumed) WHERE q.id = d.id",
                SQL(", ").join(
                    # repr keeps 0.1 what people mean by it: counters add up exactly
                    SQL("(%s, %s::numeric, %s::numeric)", i, repr(held), repr(used))
                    for i, (held, used) in deltas.items()
                ),
            )
        )
        # the UPDATE went past the ORM
        quotas.invalidate_recordset(["held_qty", "consumed_qty", "remaining_qty"])

    @api.model
    def _check_counters(
        self, quota_id, state, policy, limit, held, consumed, add_held, add_consumed
    ):
        """Say in words what the database's CHECK would refuse in its own."""
        quota = self.env["order.quota"].browse(quota_id)
        asked = add_held + add_consumed
        if state == "draft" or (state == "closed" and asked > 0):
            raise ValidationError(
                self.env._(
                    "The quota “%(quota)s” is not active, so nothing can be counted "
                    "on it. Activate it first.",
                    quota=quota.name,
                )
            )
        digits = 6
        left = float(limit) - float(held) - float(consumed)
        if (
            policy == "block"
            and asked > 0
            and float_compare(asked, left, precision_digits=digits) > 0
        ):
            raise ValidationError(
                self.env._(
                    "Quota “%(quota)s”: %(asked)g asked for, %(left)g left of "
                    "%(limit)g. Order less, or have the limit raised.",
                    quota=quota.name,
                    asked=asked,
                    left=left,
                    limit=limit,
                )
            )
        for now, change in ((held, add_held), (consumed, add_consumed)):
            if float_compare(float(now) + change, 0, precision_digits=digits) < 0:
                raise ValidationError(
                    self.env._(
                        "Quota “%(quota)s”: %(change)g to give back, but only "
                        "%(now)g is counted. Give back what was taken.",
                        quota=quota.name,
                        change=-change,
                        now=now,
                    )
                )
