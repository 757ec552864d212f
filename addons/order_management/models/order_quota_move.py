# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare

from ..tools.columns import create_column_with_default
from ..tools.figures import plain_figure


def _same(value):
    return value


#: (name, default, how it is written) of the values of a movement; repr keeps 0.1 what
#: people mean by it, so that counters add up exactly
_INSERTED = (
    ("quota_id", None, _same),
    ("kind", None, _same),
    ("delta_held", 0.0, repr),
    ("delta_consumed", 0.0, repr),
    ("delta_limit", 0.0, repr),
    ("order_id", None, _same),
    ("counted_on", None, _same),
    ("transfer_id", None, _same),
    ("reason", None, _same),
    ("key", None, _same),
)


class OrderQuotaMove(models.Model):
    """One change of a quota's counters: append-only, as history is."""

    _name = "order.quota.move"
    _inherit = ["order.group.mixin", "order.history.mixin"]
    _description = "Quota Movement"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _check_company_auto = True
    _BLANKABLE = ("reason", "order_id")
    _MANY_GROUPS = _LISTED_GROUPS = ("order_id",)

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
            ("adjust", "Limit changed"),
            ("transfer", "Transferred"),
            ("carry_over", "Carried over"),
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
    delta_limit = fields.Float(
        "Limit ±",
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
        # a quotation may be deleted; what it held and gave back stays counted
        ondelete="set null",
    )
    counted_on = fields.Date(
        "Order Date",
        readonly=True,
        help="The day of the order in the company's time zone: it says in which period "
        "the order counts.",
    )
    transfer_id = fields.Many2one(
        "order.quota.transfer",
        readonly=True,
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
    reason = fields.Char(readonly=True, index="trigram")
    key = fields.Char(
        "Idempotency Key",
        required=True,
        readonly=True,
        help="Names the change: the same key is never counted twice.",
    )

    # with the company: the orders of all movements are counted from the index alone
    _order_idx = models.Index("(order_id, company_id)")
    # rows arrive in the order of time: a block range index stays tiny at any size
    _moved_at_idx = models.Index("USING brin (moved_at)")
    _key_uniq = models.Constraint(
        "UNIQUE (key)", "This quota movement has been counted already."
    )
    _kind_check = models.Constraint(
        "CHECK (CASE kind"
        " WHEN 'hold' THEN delta_held > 0 AND delta_consumed = 0"
        " WHEN 'consume' THEN delta_held <= 0 AND delta_consumed > 0"
        " WHEN 'release' THEN delta_held < 0 AND delta_consumed = 0"
        " WHEN 'give_back' THEN delta_held = 0 AND delta_consumed < 0"
        " ELSE delta_held <> 0 OR delta_consumed <> 0 OR delta_limit <> 0 END"
        " AND (delta_limit = 0 OR kind IN ('adjust', 'transfer', 'carry_over')))",
        "The figures of this quota movement do not fit its kind.",
    )

    def _auto_init(self):
        """Make the column before the ORM does, which would fill it row by row."""
        create_column_with_default(self.env.cr, self, "delta_limit", 0)
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refused: movements are made together with the counters, `_apply_moves`.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "Quota movements are written by the system when orders move. "
                "Change the limit of the quota instead."
            )
        )

    @api.model
    def _apply_moves(self, vals_list):
        """Write movements and change the counters of their quotas, exactly.

        All quotas are changed by one UPDATE, in the order of their ids.
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
        created = move_model._insert(list(new.values()))
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
            or float_compare(
                self.delta_limit, vals.get("delta_limit", 0.0), precision_digits=6
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
        """Add the movements' figures to their quotas: check in words, one UPDATE."""
        deltas = self._sum_deltas(vals_list)
        if not deltas:
            return
        quotas = self.env["order.quota"].browse(sorted(deltas))
        quotas.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, policy, limit_qty, held_qty, consumed_qty"
                " FROM order_quota WHERE id = ANY(%s) ORDER BY id",
                quotas.ids,
            )
        )
        for row in rows:
            self._check_counters(*row, *deltas[row[0]][:2])
        quotas._update_counters(deltas)

    @api.model
    def _book(self, plan):
        """Write what orders take from their quotas: an UPDATE and an INSERT.

        :param plan: ``Plan`` made in this transaction, from the counters as they are
        """
        if not plan.moves:
            return
        orders = self.env["sale.order"].sudo()
        orders = orders.browse(dict.fromkeys(vals["order_id"] for vals in plan.moves))
        names = {order.id: order.name for order in orders}
        for vals in plan.moves:
            vals["reason"] = names[vals["order_id"]]
        self.env["order.quota"].sudo()._update_counters(self._sum_deltas(plan.moves))
        self.sudo()._insert(plan.moves)

    @api.model
    def _sum_deltas(self, vals_list):
        """``{quota id: [held, consumed, limit, allocated]}`` of movements' values."""
        deltas = {}
        for vals in vals_list:
            sums = deltas.setdefault(vals["quota_id"], [0.0, 0.0, 0.0, 0.0])
            for index, name in enumerate(("held", "consumed", "limit")):
                sums[index] += vals.get(f"delta_{name}", 0.0)
        return deltas

    @api.model
    def _insert(self, vals_list):
        """Write movements in one statement; the counters are the caller's business.

        :return: the movements, in order
        """
        if not vals_list:
            return self.browse()
        now, user_id = fields.Datetime.now(), self.env.uid
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO order_quota_move (quota_id, company_id, kind, delta_held,
                    delta_consumed, delta_limit, order_id, counted_on, transfer_id,
                    user_id, moved_at, reason, key)
                SELECT new.quota_id, quota.company_id, new.kind, new.held,
                    new.consumed, new."limit", new.order_id, new.counted_on,
                    new.transfer_id, %s, %s, new.reason, new.key
                FROM unnest(%s::int[], %s::text[], %s::numeric[], %s::numeric[],
                    %s::numeric[], %s::int[], %s::date[], %s::int[], %s::text[],
                    %s::text[])
                    WITH ORDINALITY AS new(quota_id, kind, held, consumed, "limit",
                    order_id, counted_on, transfer_id, reason, key, position)
                JOIN order_quota quota ON quota.id = new.quota_id
                ORDER BY new.position
                RETURNING id
                """,
                user_id,
                now,
                *(
                    [convert(vals.get(name) or default) for vals in vals_list]
                    for name, default, convert in _INSERTED
                ),
            )
        )
        # the INSERT went past the ORM
        self.env["order.quota"].invalidate_model(["move_ids", "move_count"])
        return self.sudo().browse(move_id for [move_id] in rows)

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
                    "Quota “%(quota)s”: %(asked)s asked for, %(left)s left of "
                    "%(limit)s. Order less, or have the limit raised.",
                    quota=quota.name,
                    asked=plain_figure(asked),
                    left=plain_figure(left),
                    limit=plain_figure(limit),
                )
            )
        for now, change in ((held, add_held), (consumed, add_consumed)):
            if float_compare(float(now) + change, 0, precision_digits=digits) < 0:
                raise ValidationError(
                    self.env._(
                        "Quota “%(quota)s”: %(change)s to give back, but only "
                        "%(now)s is counted. Give back what was taken.",
                        quota=quota.name,
                        change=plain_figure(-change),
                        now=plain_figure(now),
                    )
                )
