# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A transfer; here: what was scanned is what leaves."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def scan_finish(self, backorder=None):
        """Validate what was scanned of these transfers.

        Transfers of which nothing was scanned stay as they are.

        :param backorder: what becomes of the rest: True, a backorder; False, it is
            cancelled; None, ask
        :return: ``question``: what was not scanned; or ``finished``: names of
            transfers, ``action`` and ``print``: what Odoo wants to show next, and
            what to print
        :raises UserError: nothing was scanned, or more than is asked for by now
        """
        self._check_scan_allowed()
        todo = self.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if not todo:
            # the answer to the first time was lost
            return self._get_finished(True)
        counts = self.env["stock.scan.count"]._get_counts(todo._get_scan_moves())
        scanned = todo.filtered(
            lambda picking: any(counts[move.id][False] for move in picking.move_ids)
        )
        if not scanned:
            raise UserError(
                self.env._("Nothing was scanned yet. Scan what goes into the parcel.")
            )
        missing = todo._get_scan_missing(counts)
        if missing and backorder is None:
            return {"question": missing}
        self.env["stock.scan.count"]._meet(scanned._get_scan_moves())
        scanned._check_not_too_many(counts)
        scanned._set_scanned(counts)
        return self._get_finished(scanned._validate_scanned(backorder, todo))

    def _check_not_too_many(self, counts):
        """:raises UserError: less is asked for than when it was scanned"""
        for move in self._get_scan_moves():
            product = move.product_id
            if product.uom_id.compare(counts[move.id][False], move.product_qty) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: not so many are asked for.",
                        product=product.display_name,
                    )
                )

    def _get_scan_missing(self, counts):
        """What is still to be scanned, for people to read."""
        return [
            {
                "id": move.id,
                "transfer": move.picking_id.name,
                "product": move.product_id.display_name,
                "missing": room,
                "unit": move.product_id.uom_id.name,
            }
            for move in self._get_scan_moves()
            if move.product_id.uom_id.compare(
                room := move._get_scan_room(None, counts), 0
            )
            > 0
        ]

    def _set_scanned(self, counts):
        """Write what was scanned on the lines of these transfers."""
        moves = self._get_scan_moves()
        moves.move_line_ids.picked = False
        picked = moves.move_line_ids.browse()
        for move in moves:
            if counts[move.id][False]:
                picked |= move._apply_scan_counts(counts)
        picked.picked = True

    def _validate_scanned(self, backorder, todo):
        """Hook: validate these transfers.

        :param todo: all that were open on the page, these among them
        :return: what Odoo's button gives back
        """
        context = {"skip_backorder": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = self.ids
        return self.with_context(**context).button_validate()

    def _get_finished(self, result):
        done = self.filtered(lambda picking: picking.state == "done")
        to_print = done.filtered(lambda picking: picking.picking_type_id.scan_print)
        return {
            "finished": done.mapped("name"),
            "action": result if isinstance(result, dict) else False,
            "print": to_print._get_floor_print_url("slips,labels") if to_print else "",
            **self._get_scan_progress(),
        }

    # ------------------------------------------------------------ no scan, no leaving

    def button_validate(self):
        """Override: what has to be scanned first, and was not, does not leave.

        :raises UserError: see above
        """
        self._check_scanned()
        return super().button_validate()

    def _check_scanned(self):
        """:raises UserError: naming the transfers, and what to do"""
        bound = self.filtered(
            lambda picking: (
                picking.picking_type_id.scan_required
                and picking.state not in ("done", "cancel")
            )
        )
        if bound:
            bound -= bound._get_scan_overridden()
        if not bound:
            return
        counts = self.env["stock.scan.count"]._get_counts(bound.move_ids)
        unscanned = bound.filtered(lambda picking: picking._has_unscanned(counts))
        if unscanned:
            raise UserError(
                self.env._(
                    "%(names)s: not everything that would leave was scanned. Open "
                    "“Scan” and scan it, or have an inventory administrator use “Ship "
                    "without Scan”.",
                    names=", ".join(unscanned[:10].mapped("name")),
                )
            )

    def _has_unscanned(self, counts):
        """Whether more would leave with the button than was scanned."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        # as the button does: where nothing was picked, all of it is
        some = any(move.picked for move in moves)
        for move in moves:
            quantity = move._get_picked_quantity() if some else move.quantity
            if some and not move.picked:
                continue
            uom = move.product_id.uom_id
            quantity = move.product_uom._compute_quantity(quantity, uom, round=False)
            if uom.compare(quantity, counts[move.id][False]) > 0:
                return True
        return False

    def _get_scan_overridden(self):
        """Those of these transfers that may leave without a scan."""
        groups = (
            self.env["stock.scan.log"]
            .sudo()
            ._read_group(
                [("kind", "=", "override"), ("picking_id", "in", self.ids)],
                ["picking_id"],
            )
        )
        return self.browse(picking.id for [picking] in groups)

    def _override_scan(self, reason):
        """Let these transfers leave without a scan; the reason is kept.

        :raises UserError: no right, or no reason
        """
        if not self.env.user.has_group("stock.group_stock_manager"):
            raise UserError(
                self.env._("Only an inventory administrator may ship without a scan.")
            )
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why this may leave without a scan."))
        self.env["stock.scan.log"]._log(
            [
                {
                    "kind": "override",
                    "picking_id": picking.id,
                    "company_id": picking.company_id.id,
                    "reason": reason,
                }
                for picking in self
            ]
        )
