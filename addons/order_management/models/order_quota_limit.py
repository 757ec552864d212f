# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare

from ..tools.figures import plain_figure
from .order_quota import COUNTER

#: Counters of a quota in the order in which changes of them are handed over
_COUNTERS = ("held_qty", "consumed_qty", "limit_qty", "allocated_qty")


class OrderQuota(models.Model):
    """A quota; here: its limit, and the parts it was divided into.

    ``allocated_qty`` is the counter row of the parts: every change of a part's limit
    updates it, so that two sessions never give away the same rest.
    """

    _inherit = "order.quota"

    parent_id = fields.Many2one(
        "order.quota",
        "Part of",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    child_ids = fields.One2many("order.quota", "parent_id", "Parts")
    allocated_qty = fields.Float(
        "Allocated", **COUNTER, help="Sum of the limits of its parts."
    )
    unallocated_qty = fields.Float(
        "Not Allocated",
        digits=0,
        min_display_digits="Product Unit",
        compute="_compute_unallocated_qty",
        help="What can still be given to parts.",
    )

    _allocated_check = models.Constraint(
        "CHECK (allocated_qty >= 0 AND (policy <> 'block'"
        " OR allocated_qty <= limit_qty))",
        "The parts of a quota may not be more than the whole. Lower a part, or raise "
        "the whole first.",
    )

    def init(self):
        """Count the parts of quotas that are older than their counter."""
        result = super().init()
        self.env.cr.execute(
            "UPDATE order_quota q SET allocated_qty = parts.quantity FROM (SELECT"
            " parent_id, sum(limit_qty) AS quantity FROM order_quota"
            " WHERE parent_id IS NOT NULL GROUP BY parent_id) parts"
            " WHERE parts.parent_id = q.id AND q.allocated_qty <> parts.quantity"
        )
        return result

    @api.depends("limit_qty", "allocated_qty")
    def _compute_unallocated_qty(self):
        for quota in self:
            quota.unallocated_qty = quota.limit_qty - quota.allocated_qty

    @api.constrains("parent_id")
    def _check_parent_cycle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A quota cannot be a part of itself. Choose another one.")
            )

    @api.constrains(
        "parent_id", "company_id", "date_from", "date_to", "measure", "uom_id"
    )
    def _check_inside_parent(self):
        for quota in self.filtered("parent_id") | self.child_ids:
            parent = quota.parent_id
            if (
                quota.company_id != parent.company_id
                or quota.date_from < parent.date_from
                or quota.date_to > parent.date_to
                or quota.measure != parent.measure
                or quota.uom_id != parent.uom_id
                or quota.currency_id != parent.currency_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(quota)s” is a part of “%(parent)s”: it must be of the "
                        "same company, counted in the same unit, and lie inside "
                        "%(date_from)s to %(date_to)s.",
                        quota=quota.name,
                        parent=parent.name,
                        date_from=parent.date_from,
                        date_to=parent.date_to,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        quotas = super().create(vals_list)
        quotas.parent_id._sync_allocated()
        return quotas

    def write(self, vals):
        """Limits of quotas in use change with a movement each; parts with their whole.

        :raises ValidationError: a limit below what is counted or allocated
        """
        if "limit_qty" not in vals and "parent_id" not in vals and "policy" not in vals:
            return super().write(vals)
        before = {quota: quota.limit_qty for quota in self}
        parents = self.parent_id
        result = super().write(vals)
        for quota in self:
            quota._check_limit_room()
        self._log_limits(before)
        (parents | self.parent_id)._sync_allocated()
        return result

    def unlink(self):
        parents = self.parent_id - self
        result = super().unlink()
        parents._sync_allocated()
        return result

    def _log_limits(self, before):
        """Write a movement for each changed limit of a quota that is in use.

        :param before: ``{quota: limit}``
        """
        batch = uuid.uuid4().hex
        reason = self.env.context.get("order_management_limit_reason")
        self.env["order.quota.move"].sudo()._insert(
            [
                {
                    "quota_id": quota.id,
                    "kind": "adjust",
                    "delta_limit": quota.limit_qty - before[quota],
                    "reason": reason if isinstance(reason, str) else None,
                    "key": f"limit-{quota.id}-{batch}",
                }
                for quota in self
                if quota.state != "draft" and quota.limit_qty != before[quota]
            ]
        )

    def _check_limit_room(self):
        """Say in words what the database's CHECKs would refuse in their own."""
        self.ensure_one()
        used = self.held_qty + self.consumed_qty
        least = max(used, self.allocated_qty)
        if (
            self.policy != "block"
            or float_compare(self.limit_qty, least, precision_digits=6) >= 0
        ):
            return
        raise ValidationError(
            self.env._(
                "Quota “%(quota)s”: the limit cannot be %(limit)s. %(used)s are held "
                "or consumed and %(allocated)s are given to its parts. Take at least "
                "%(least)s, or another policy.",
                quota=self.name,
                limit=plain_figure(self.limit_qty),
                used=plain_figure(used),
                allocated=plain_figure(self.allocated_qty),
                least=plain_figure(least),
            )
        )

    def _sync_allocated(self):
        """Add up the parts of these quotas again, and hold them to the whole.

        The row is updated even when the sum stays: at REPEATABLE READ that is what
        makes two sessions that divide the same quota meet.

        :raises ValidationError: the parts are more than the whole
        """
        if not self:
            return
        self.flush_model(["limit_qty", "parent_id", "policy"])
        rows = self.env.execute_query(
            SQL(
                "SELECT q.id, q.name, q.policy, q.limit_qty, COALESCE((SELECT"
                " sum(part.limit_qty) FROM order_quota part"
                " WHERE part.parent_id = q.id), 0)"
                " FROM order_quota q WHERE q.id = ANY(%s) ORDER BY q.id",
                self.ids,
            )
        )
        for _id, name, policy, limit, allocated in rows:
            if policy == "block" and allocated > limit:
                raise ValidationError(self._get_allocated_error(name, limit, allocated))
        self.env.cr.execute(
            SQL(
                "WITH locked AS MATERIALIZED (SELECT id FROM order_quota"
                " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
                " UPDATE order_quota q SET allocated_qty = sums.quantity"
                " FROM unnest(%s, %s::numeric[]) AS sums(id, quantity), locked"
                " WHERE q.id = sums.id AND locked.id = q.id",
                self.ids,
                [row[0] for row in rows],
                [row[4] for row in rows],
            )
        )
        # the UPDATE went past the ORM
        self.invalidate_recordset(["allocated_qty", "unallocated_qty"], flush=False)

    @api.model
    def _get_allocated_error(self, name, limit, allocated):
        return self.env._(
            "The parts of “%(quota)s” would be %(allocated)s, but the whole is "
            "%(limit)s: %(over)s too much. Lower a part, or raise the whole first.",
            quota=name,
            allocated=plain_figure(allocated),
            limit=plain_figure(limit),
            over=plain_figure(float(allocated) - float(limit)),
        )

    @api.model
    def _update_counters(self, deltas):
        """Add to the counters of quotas: one UPDATE, rows in the order of their ids.

        A transaction that meets a row changed since its snapshot gets a serialization
        error, which must escape: Odoo then repeats the request.

        :param deltas: ``{quota id: (held, consumed, limit, allocated)}``
        """
        if not deltas:
            return
        ids = sorted(deltas)
        self.env.cr.execute(
            SQL(
                """
                WITH locked AS MATERIALIZED (
                    SELECT id FROM order_quota WHERE id = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE order_quota q SET
                    held_qty = q.held_qty + d.held,
                    consumed_qty = q.consumed_qty + d.consumed,
                    limit_qty = q.limit_qty + d."limit",
                    allocated_qty = q.allocated_qty + d.allocated,
                    remaining_qty = q.limit_qty - q.held_qty - q.consumed_qty
                        + d."limit" - d.held - d.consumed
                FROM locked, unnest(%s, %s::numeric[], %s::numeric[], %s::numeric[],
                    %s::numeric[]) AS d(id, held, consumed, "limit", allocated)
                WHERE q.id = d.id AND locked.id = q.id
                """,
                ids,
                ids,
                # repr keeps 0.1 what people mean by it: counters add up exactly
                *([repr(float(deltas[i][n])) for i in ids] for n in range(4)),
            )
        )
        # the UPDATE went past the ORM
        self.browse(ids).invalidate_recordset(
            [*_COUNTERS, "remaining_qty"], flush=False
        )

    def _move_limit(self, target, quantity, kind, key, **values):
        """Take from the limit of this quota and give to another, in one transaction.

        :param quantity: in this quota's unit
        :param kind: of the two movements, ``transfer`` or ``carry_over``
        :param key: a prefix that names this change and no other
        :raises UserError: the quotas count different things, or are whole and part
        :raises ValidationError: less than that is left
        """
        given = self._convert_limit(target, quantity)
        deltas = {}
        for quota, amount in ((self, -quantity), (target, given)):
            deltas.setdefault(quota.id, [0.0] * 4)[2] += amount
            if quota.parent_id:
                deltas.setdefault(quota.parent_id.id, [0.0] * 4)[3] += amount
        self._check_limit_moves(deltas)
        self._update_counters(deltas)
        return (
            self.env["order.quota.move"]
            .sudo()
            ._insert(
                [
                    {
                        **values,
                        "quota_id": quota.id,
                        "kind": kind,
                        "delta_limit": amount,
                        "key": f"{key}-{side}",
                    }
                    for side, quota, amount in (
                        ("from", self, -quantity),
                        ("to", target, given),
                    )
                ]
            )
        )

    def _convert_limit(self, target, quantity):
        """``quantity`` of this quota's unit in the unit of ``target``."""
        if (
            self.company_id != target.company_id
            or self.measure != target.measure
            or self.currency_id != target.currency_id
            or (
                self.measure == "quantity"
                and not self.uom_id._has_common_reference(target.uom_id)
            )
        ):
            raise UserError(
                self.env._(
                    "“%(giver)s” and “%(target)s” are not of the same company or not "
                    "counted in the same unit. Choose quotas that count the same.",
                    giver=self.name,
                    target=target.name,
                )
            )
        if target in (self, self.parent_id) or self == target.parent_id:
            raise UserError(
                self.env._(
                    "“%(giver)s” and “%(target)s” are a whole and its part: change "
                    "the limit of the part instead.",
                    giver=self.name,
                    target=target.name,
                )
            )
        if self.measure != "quantity":
            return quantity
        return round(
            self.uom_id._compute_quantity(quantity, target.uom_id, round=False), 6
        )

    def _check_limit_moves(self, deltas):
        """Say in words what the CHECKs would refuse, for quotas and their wholes."""
        self.flush_model()
        for quota in self.browse(sorted(deltas)):
            _held, _consumed, limit, allocated = deltas[quota.id]
            least = max(quota.held_qty + quota.consumed_qty, quota.allocated_qty)
            room = quota.limit_qty - least
            if limit < 0 and float_compare(-limit, room, precision_digits=6) > 0:
                raise ValidationError(
                    self.env._(
                        "Quota “%(quota)s” has only %(room)s to give away; the rest is "
                        "held, consumed or given to its parts.",
                        quota=quota.name,
                        room=plain_figure(max(room, 0.0)),
                    )
                )
            total = quota.allocated_qty + allocated
            if (
                allocated > 0
                and quota.policy == "block"
                and float_compare(total, quota.limit_qty, precision_digits=6) > 0
            ):
                raise ValidationError(
                    self._get_allocated_error(quota.name, quota.limit_qty, total)
                )
