# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import split_every

from .sale_order_bulk import Bulk
from .stock_move_line_reservation import NewLines
from .stock_quant_turn import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

_DEFERRED = "order_management.deferred_moves"
#: moves reserved in one short transaction
_CHUNK = 50
#: times a lost race is run again at once, before the scheduled action takes over
_MAX_TRIES = 10


class StockMove(models.Model):
    """Reservation without overselling and without errors for people.

    A move whose stock nobody else is taking is reserved at once, as in plain Odoo.
    Otherwise it is marked, and reserved right after the commit in a short
    transaction that waits for its turn; the scheduled action is the safety net.
    """

    _inherit = "stock.move"

    is_reservation_deferred = fields.Boolean(
        string="Reservation Pending",
        readonly=True,
        copy=False,
        help="Somebody else was taking the same stock: this will be reserved in a "
        "moment.",
    )

    _is_reservation_deferred_idx = models.Index("(id) WHERE is_reservation_deferred")

    def _action_assign(self, force_qty=False):
        """Override of `stock` to look for rivals before anything is reserved.

        Context key ``order_management_reserve_wait``: never defer; wait for the
        stock, and let a lost race end in Odoo's retry of the whole request.
        """
        needs = {} if force_qty else self._get_reservation_needs()
        if not needs:
            return super()._action_assign(force_qty=force_qty)
        busy, locked = self.env["stock.quant"]._lock_for_reservation(
            {key: sum(moves.values()) for key, moves in needs.items()},
            wait=self.env.context.get("order_management_reserve_wait", False),
        )
        deferred = self.browse(
            move.id
            for (product, _location), moves in needs.items()
            if product.id in busy
            for move in moves
        )
        deferred._defer_reservation()
        ready = self - deferred
        room = ready._get_hold_room(needs)
        if Bulk.of(self):
            ready = ready._reserve_plain(locked, room or ())
        result = super(
            StockMove,
            ready.with_context(
                order_management_locked_quants=locked,
                order_management_new_lines=NewLines(),
                order_management_room=room,
            ),
        )._action_assign(force_qty=force_qty)
        ready.filtered("is_reservation_deferred").is_reservation_deferred = False
        return result

    def _update_reserved_quantity(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Override of `stock` to create the lines of all moves at once, later."""
        collected = self.env.context.get("order_management_new_lines")
        if collected is not None:
            if self.product_id in collected:
                # this move must see what the earlier one took
                self.env["stock.move.line"].create([])
            self = self.with_context(order_management_collect_lines=True)
        if not strict:
            need = self._get_need_beside_holds(need, location_id)
            if not need:
                return 0.0
        taken = super()._update_reserved_quantity(
            need,
            location_id,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=strict,
        )
        if not strict:
            self._take_beside_holds(taken, location_id)
        return taken

    def _get_reservation_needs(self):
        """Of the moves that core would reserve from stock.

        :return: {(product, location): {move: quantity in the product's UoM}}
        """
        needs = defaultdict(dict)
        for move in self:
            if (
                move.picked
                or move.state not in ("confirmed", "waiting", "partially_available")
                or move._should_bypass_reservation()
                or move._waits_for_other_moves()
            ):
                continue
            uom = move.product_id.uom_id
            missing = move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity, uom, rounding_method="HALF-UP"
            )
            if uom.compare(missing, 0) > 0:
                needs[move.product_id, move.location_id][move] = missing
        return needs

    def _waits_for_other_moves(self):
        """Whether core would reserve nothing, since nothing was brought yet."""
        if not self.move_orig_ids:
            return self.procure_method == "make_to_order"
        brought_by = self.move_orig_ids.move_dest_ids.move_orig_ids
        return not any(move.state == "done" for move in brought_by)

    def _defer_reservation(self):
        """Reserve these moves right after this transaction's commit."""
        if not self:
            return
        self.is_reservation_deferred = True
        postcommit = self.env.cr.postcommit
        if _DEFERRED not in postcommit.data:
            postcommit.data[_DEFERRED] = {}
            postcommit.add(self.browse()._reserve_deferred_after_commit)
            # in case this process ends between the commit and its reservation
            self.env.ref("order_management.ir_cron_reserve_deferred").sudo()._trigger(
                fields.Datetime.now() + timedelta(minutes=1)
            )
        for move in self:
            postcommit.data[_DEFERRED][move.id] = move.product_id.id

    def _reserve_deferred_after_commit(self):
        """Post-commit hook: the caller's work is saved, so this never raises."""
        products = self.env.cr.postcommit.data.get(_DEFERRED, {})
        try:
            with self.env.registry.cursor() as cr:
                moves = self.env(cr=cr, su=True)["stock.move"]
                for chunk in split_every(_CHUNK, products):
                    moves.browse(chunk)._reserve_in_turn(products[i] for i in chunk)
        except Exception:
            _logger.exception(
                "Moves %s are still to be reserved: the scheduled action will do it",
                list(products),
            )

    @api.model
    def _cron_reserve_deferred(self):
        """Scheduled action: reserve what was left marked, oldest first."""
        cron = self.env["ir.cron"]
        domain = [("is_reservation_deferred", "=", True)]
        cron._commit_progress(remaining=self.search_count(domain))
        last_id = 0
        while True:
            moves = self.search(
                [*domain, ("id", ">", last_id)], limit=_CHUNK, order="id"
            )
            if not moves:
                return
            last_id = moves.ids[-1]
            moves._reserve_in_turn(moves.product_id.ids)
            if not cron._commit_progress(len(moves)):
                return

    def _reserve_in_turn(self, product_ids):
        """Reserve marked moves once it is our turn for their products, and commit.

        Only for a cursor of one's own. What cannot be done now stays marked; what
        cannot be done at all is unmarked, with the reason in its transfer's log.
        """
        try:
            with self.env["stock.quant"]._turn_of_products({*product_ids}):
                if not self._try_reserving():
                    for move in self:  # one bad move must not stop the others
                        move._try_reserving(is_last=True)
        except CONCURRENCY_ERRORS as error:
            _logger.info("Reservation of %s is left for later: %s", self, error)

    def _try_reserving(self, is_last=False):
        """:return: whether these moves need no further try in this run
        :raises psycopg2.Error: no luck after several tries
        """
        for tries_left in reversed(range(_MAX_TRIES)):
            try:
                self._reserve_marked()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                return True
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
                if not tries_left:
                    raise
            except Exception as error:
                self.env.cr.rollback()
                if is_last:
                    self._give_up_reserving(error)
                return is_last
        return False

    def _reserve_marked(self):
        self.env["stock.quant"]._limit_lock_waits()
        mine = self.try_lock_for_update().filtered("is_reservation_deferred")
        mine.with_context(order_management_reserve_wait=True)._action_assign()
        mine.is_reservation_deferred = False

    def _give_up_reserving(self, error):
        """The daily scheduler will look at this move again, as at any other."""
        _logger.warning("Move %s cannot be reserved: %s", self.id, error)
        self.is_reservation_deferred = False
        if self.picking_id:
            self.picking_id._message_log(
                body=self.env._(
                    "%(product)s could not be reserved: %(reason)s",
                    product=self.product_id.display_name,
                    reason=error,
                )
            )
        self.env.cr.commit()  # pylint: disable=invalid-commit
