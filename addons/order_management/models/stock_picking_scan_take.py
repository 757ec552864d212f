# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
import re

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.scan_code import clean_code

_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_MAX_QUANTITY = 1_000_000


class StockPicking(models.Model):
    """A transfer; here: what is scanned into it is checked, counted and kept."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def scan_code(self, code, key, product_id=False, location_id=False, quantity=1):
        """Take one scan, or refuse it; either is kept in the log.

        The counts are the server's: people who scan into the same transfers meet here.

        :param str code: what was scanned
        :param str key: made by the page for this scan: sent again, it counts once
        :param product_id: the product whose lot is awaited
        :param location_id: the place that was scanned last
        :param quantity: how many times, typed in
        :return: ``kind``: ``ok``, ``ask_lot``, ``location``, ``transfer``, or the kind
            of refusal; ``text``; and `_get_scan_progress`
        """
        self._check_scan_allowed()
        log = self._find_scan(key)
        if log:
            return self._answer_scan(log)
        times = self._check_scan_quantity(quantity)
        code, problem = clean_code(code)
        if problem:
            return self._refuse_scan(problem, code, key)
        moves = self._get_scan_moves()
        waiting = moves.product_id.filtered(lambda p: p.id == product_id)
        scan = self.env["stock.scan.reader"]._read_code(code, moves.product_id, waiting)
        if scan.product:
            scan.quantity = scan.product.uom_id.round(scan.quantity * times)
            return self._take_product(scan, key, moves, location_id)
        if scan.location:
            return {
                "kind": "location",
                "location_id": scan.location.id,
                "text": scan.location.complete_name,
            }
        if scan.pickings:
            return {"kind": "transfer", "same": scan.pickings <= self, "text": code}
        return self._refuse_scan("unknown", code, key)

    def scan_undo(self, key):
        """Take back the user's last scan into these transfers.

        :raises UserError: there is nothing to take back
        """
        self._check_scan_allowed()
        log = self._find_scan(key) or self._undo_scan(key)
        return self._answer_scan(log)

    def scan_missing(self, move_id, key):
        """Report that the rest of a line is not where it should be.

        :raises UserError: the line is not one of these, or nothing of it is missing
        """
        self._check_scan_allowed()
        log = self._find_scan(key)
        if log:
            return self._answer_scan(log)
        move = self._get_scan_moves().filtered(lambda move: move.id == move_id)
        counts = self.env["stock.scan.count"]._get_counts(move)
        missing = move._get_scan_room(None, counts) if move else 0
        if not move or move.product_id.uom_id.compare(missing, 0) <= 0:
            raise UserError(self.env._("Nothing of this line is missing."))
        log = self._log_scan("missing", key, move=move, quantity=missing)
        move.picking_id.message_post(
            body=self.env._(
                "Not found: %(quantity)g %(unit)s of %(product)s.",
                quantity=missing,
                unit=move.product_id.uom_id.name,
                product=move.product_id.display_name,
            )
        )
        move._report_not_found(missing)
        return self._answer_scan(log)

    # ------------------------------------------------------------ one scan

    def _check_scan_quantity(self, quantity):
        try:
            number = float(quantity)
        except (TypeError, ValueError):
            number = math.nan
        if not 0 < number <= _MAX_QUANTITY:
            raise UserError(self.env._("The quantity has to be a number above zero."))
        return number

    def _find_scan(self, key):
        """The scan that was sent with this key before, as superuser.

        :raises UserError: no key, or one of another scan
        """
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise UserError(self.env._("This scan has no valid key. Scan again."))
        log_sudo = self.env["stock.scan.log"].sudo().search([("key", "=", key)])
        if log_sudo and (
            log_sudo.user_id != self.env.user
            or (log_sudo.picking_id and log_sudo.picking_id not in self)
        ):
            raise UserError(self.env._("This key is of another scan. Scan again."))
        return log_sudo

    def _take_product(self, scan, key, moves, location_id):
        """Count what was scanned, or refuse it."""
        moves = moves.filtered(lambda move: move.product_id == scan.product)
        kind, move = self._check_scan(scan, moves, location_id)
        if kind == "ask_lot":
            return {
                "kind": kind,
                "product_id": scan.product.id,
                "text": self.env._(
                    "%(product)s: now scan its lot or serial number.",
                    product=scan.product.display_name,
                ),
            }
        if kind != "ok":
            return self._refuse_scan(kind, scan.code, key, scan, move)
        lot = scan.lot or self.env["stock.lot"]
        self.env["stock.scan.count"]._add(move, lot, scan.quantity)
        log = self._log_scan("ok", key, scan.code, scan, move, scan.quantity)
        return self._answer_scan(log)

    def _check_scan(self, scan, moves, location_id):
        """Whether a product may go into one of these moves.

        :param moves: moves of this product
        :return: (kind, the move)
        """
        none = moves.browse()
        if not moves:
            is_open = any(picking._is_scannable() for picking in self)
            return ("wrong_product" if is_open else "closed"), none
        if location_id and isinstance(location_id, int):
            place = self.env["stock.location"].browse(location_id).exists()
            moves = moves.filtered(lambda move: not place or move._is_at(place))
            if not moves:
                return "wrong_location", none
        kind = self._check_scan_lot(scan, moves)
        if kind:
            return kind, none
        return self._choose_scan_move(scan, moves)

    def _check_scan_lot(self, scan, moves):
        """What is wrong with the lot, if anything; `ask_lot` where there is none."""
        if scan.expires_on and scan.expires_on < fields.Date.context_today(self):
            return "expired"
        if scan.product.tracking == "none":
            return None
        if not scan.lot:
            return "wrong_lot" if scan.lot_name else "ask_lot"
        problem = self._get_scan_lot_problem(scan.lot)
        if problem:
            return problem
        if not any(move._takes_lot(scan.lot) for move in moves):
            return "wrong_lot"
        return None

    def _get_scan_lot_problem(self, lot):
        """Hook: why a lot may go into no parcel, a kind of refusal; None if it may."""
        if lot.product_id.tracking == "serial" and self.env[
            "stock.scan.count"
        ]._is_taken(lot):
            return "serial_again"
        return None

    def _choose_scan_move(self, scan, moves):
        """The first move that wants as much as was scanned: ``(kind, move)``."""
        if scan.lot:
            moves = moves.filtered(lambda move: move._takes_lot(scan.lot))
        counts = self.env["stock.scan.count"]._get_counts(moves)
        uom = scan.product.uom_id
        is_serial = scan.product.tracking == "serial"
        kind = "too_many"
        for move in moves:
            room = move._get_scan_room(scan.lot, counts)
            if uom.compare(scan.quantity, room) > 0 or (
                is_serial and scan.quantity > 1
            ):
                continue
            approved = move._get_approved_room()
            if approved is None or uom.compare(scan.quantity, approved) <= 0:
                return "ok", move
            kind = "not_approved"
        return kind, moves[:1]

    def _undo_scan(self, key):
        """Take back the last scan of this user that still counts."""
        moves = self._get_scan_moves()
        rows = self.env.execute_query(
            SQL(
                "SELECT log.id FROM stock_scan_log log WHERE log.user_id = %s"
                " AND log.kind = 'ok' AND log.move_id = ANY(%s) AND NOT EXISTS"
                " (SELECT 1 FROM stock_scan_log undo WHERE undo.undone_id = log.id)"
                " ORDER BY log.id DESC LIMIT 1",
                self.env.uid,
                list(moves.ids),
            )
        )
        if not rows:
            raise UserError(self.env._("There is no scan of yours to take back."))
        log_sudo = self.env["stock.scan.log"].sudo().browse(rows[0][0])
        move = log_sudo.move_id.sudo(False)
        self.env["stock.scan.count"]._take_back(
            move, log_sudo.lot_id, log_sudo.quantity
        )
        return self.env["stock.scan.log"]._log(
            [
                {
                    **self._prepare_scan_vals("undo", key, move=move),
                    "code": log_sudo.code,
                    "lot_id": log_sudo.lot_id.id,
                    "quantity": -log_sudo.quantity,
                    "undone_id": log_sudo.id,
                }
            ]
        )

    # ------------------------------------------------------------ log and answer

    def _refuse_scan(self, kind, code, key, scan=None, move=None):
        return self._answer_scan(self._log_scan(kind, key, code, scan, move))

    def _log_scan(self, kind, key, code="", scan=None, move=None, quantity=0):
        vals = self._prepare_scan_vals(kind, key, scan, move)
        return self.env["stock.scan.log"]._log(
            [{**vals, "code": code, "quantity": quantity}]
        )

    def _prepare_scan_vals(self, kind, key, scan=None, move=None):
        picking = (move and move.picking_id) or self[:1]
        product = (scan and scan.product) or (move and move.product_id)
        return {
            "kind": kind,
            "key": key,
            "picking_id": picking.id,
            "company_id": picking.company_id.id or self.env.company.id,
            "move_id": move and move.id,
            "product_id": product and product.id,
            "lot_id": scan and scan.lot and scan.lot.id,
        }

    def _answer_scan(self, log_sudo):
        """What the page is told about a scan, also when it is sent again."""
        texts = self._get_scan_texts(log_sudo)
        return {
            "kind": log_sudo.kind,
            "is_error": bool(log_sudo.error_count),
            "text": texts[log_sudo.kind],
            "code": log_sudo.code or "",
            "move_id": log_sudo.move_id.id,
            "picking_id": log_sudo.picking_id.id,
            "product_id": log_sudo.product_id.id,
            "quantity": log_sudo.quantity,
            **self._get_scan_progress(),
        }

    def _get_scan_texts(self, log_sudo):
        """What people are told, by kind of scan."""
        names = {
            "code": (log_sudo.code or "")[:60],
            "product": log_sudo.product_id.display_name or "",
            "lot": log_sudo.lot_id.name or (log_sudo.code or "")[:60],
            "transfer": log_sudo.picking_id.name or "",
            "quantity": abs(log_sudo.quantity),
        }
        return {
            "ok": self.env._("%(quantity)g × %(product)s", **names),
            "undo": self.env._("Taken back: %(quantity)g × %(product)s", **names),
            "missing": self.env._("Not found: %(quantity)g × %(product)s", **names),
            "override": self.env._(
                "%(transfer)s may be shipped without a scan.", **names
            ),
            **self._get_refusal_texts(names),
        }

    def _get_refusal_texts(self, names):
        """Why a scan was refused, by kind: what is wrong, in the words of the floor."""
        return {
            "empty": self.env._("Nothing was scanned."),
            "too_long": self.env._("This code is too long to be one of ours."),
            "unknown": self.env._("“%(code)s”: nothing has this code.", **names),
            "wrong_product": self.env._(
                "%(product)s does not belong in here.", **names
            ),
            "wrong_location": self.env._(
                "%(product)s is not to be taken from here.", **names
            ),
            "wrong_lot": self.env._(
                "%(product)s: lot %(lot)s was not reserved.", **names
            ),
            "expired": self.env._(
                "%(product)s: this lot has expired. Put it aside.", **names
            ),
            "serial_again": self.env._(
                "%(product)s: %(lot)s was scanned already.", **names
            ),
            "too_many": self.env._("%(product)s: not so many are asked for.", **names),
            "not_approved": self.env._("%(product)s: more than was approved.", **names),
            "closed": self.env._("%(transfer)s is not open any more.", **names),
        }
