# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import escape_psql

from ..tools.scan_code import clean_code

_OPEN = ("confirmed", "assigned")
#: more transfers than anybody picks in one go
_MAX_TRANSFERS = 500


class StockPicking(models.Model):
    """A transfer; here: opened on the scanner's page, alone or with others.

    All methods of the page begin with `scan_`. They take the transfers that are open
    there, in the order of their boxes, and answer with plain data.
    """

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    scan_required = fields.Boolean(related="picking_type_id.scan_required")
    scan_count = fields.Integer("Scans", compute="_compute_scan_count")

    def _compute_scan_count(self):
        # who sees a transfer may know how often something was scanned into it
        counts = dict(
            self.env["stock.scan.log"]
            .sudo()
            ._read_group([("picking_id", "in", self.ids)], ["picking_id"], ["__count"])
        )
        for picking in self:
            picking.scan_count = counts.get(picking._origin, 0)

    def action_view_scans(self):
        """Open what was scanned into these transfers, refused scans included."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.stock_scan_log_action"
        )
        domain = [("picking_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def scan_open(self, code):
        """Find what a label stands for: a transfer, a parcel, an order.

        :param str code: what was scanned
        :return: as `scan_state`, or ``{"error": what is wrong}``
        :raises AccessError: the user is not of the warehouse
        """
        self._check_scanner()
        code, problem = clean_code(code)
        found = self.browse() if problem else self._find_scan_targets(code)
        ready = found.filtered(lambda picking: picking._is_scannable())
        if ready:
            return ready[:_MAX_TRANSFERS]._get_scan_state()
        kind = problem or ("closed" if found else "unknown")
        self.env["stock.scan.log"]._log(
            [
                {
                    "kind": kind,
                    "code": code,
                    "picking_id": found[:1].id,
                    "company_id": (found[:1].company_id or self.env.company).id,
                }
            ]
        )
        return {"error": found[:1]._get_not_open_text(code, kind)}

    @api.readonly
    def scan_state(self):
        """What goes into these transfers, and how much of it was scanned.

        :return: ``ids``, ``title``, ``transfers``, ``lines`` and what
            `_get_scan_progress` tells
        """
        self._check_scan_allowed()
        return self._get_scan_state()

    @api.readonly
    def scan_progress(self):
        """How much was scanned by everybody; asked for now and then by the page."""
        self._check_scan_allowed()
        return self._get_scan_progress()

    def action_scan(self):
        """Open the scanner's page with these transfers."""
        self._check_scan_allowed()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.stock_scan_action"
        )
        return {**action, "params": {"ids": self.ids}}

    @api.model
    def _check_scanner(self):
        if not self.env.user.has_group("order_management.group_warehouse"):
            raise AccessError(
                self.env._(
                    "Scanning is for the warehouse. Ask an administrator for the role "
                    "“Order Hub: Warehouse”."
                )
            )

    def _check_scan_allowed(self):
        """:raises AccessError: not of the warehouse, or transfers of another company
        :raises UserError: no transfer, or too many"""
        self._check_scanner()
        self.check_access("write")
        if not self or len(self) > _MAX_TRANSFERS:
            raise UserError(
                self.env._(
                    "Open between 1 and %(most)s transfers to scan.",
                    most=_MAX_TRANSFERS,
                )
            )

    @api.model
    def _find_scan_targets(self, code):
        """Hook: the transfers a label stands for; of several, the open ones first.

        :param str code: a clean code
        """
        names = list({code, code.upper()})
        found = self.search([("name", "=ilike", escape_psql(code))], limit=20)
        found = found or self.search([("carrier_tracking_ref", "=", code)])
        found = found or self._find_by_package(code)
        if not found:
            # sudo: who packs an order need not be allowed to read it
            orders_sudo = (
                self.env["sale.order"]
                .sudo()
                .search(
                    [
                        ("name", "in", names),
                        ("company_id", "in", self.env.companies.ids),
                    ]
                )
            )
            found = self.search([("sale_id", "in", orders_sudo.ids)])
            # in several steps, what can be done now
            found = found.filtered(lambda p: p.state == "assigned") or found
        return found

    @api.model
    def _find_by_package(self, code):
        package = self.env["stock.package"].search([("name", "=", code)], limit=1)
        if not package:
            return self.browse()
        lines = self.env["stock.move.line"].search(
            [
                "|",
                ("package_id", "=", package.id),
                ("result_package_id", "=", package.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        return lines.picking_id

    def _is_scannable(self):
        self.ensure_one()
        return self.state in _OPEN and self.picking_type_code != "incoming"

    def _get_not_open_text(self, code, kind):
        """Why a label opens nothing."""
        if kind == "empty":
            return self.env._("Nothing was scanned.")
        if kind != "closed":
            return self.env._(
                "“%(code)s” is no transfer, parcel or order of your company.",
                code=code[:60],
            )
        if self.picking_type_code == "incoming":
            return self.env._(
                "%(transfer)s is a receipt. Receipts are not scanned here.",
                transfer=self.name,
            )
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(transfer)s cannot be scanned now: %(state)s.",
            transfer=self.name,
            state=states[self.state],
        )

    # ------------------------------------------------------------ what is shown

    def _get_scan_moves(self):
        """What is still to do in these transfers, transfer by transfer."""
        return self.move_ids.browse(
            move.id
            for picking in self
            for move in picking.move_ids
            if move.state not in ("draft", "done", "cancel")
        )

    def _get_scan_state(self):
        boxes = {picking.id: number for number, picking in enumerate(self, 1)}
        moves = self._get_scan_moves()
        # read at once what is asked for move by move below
        moves.move_line_ids.mapped("location_id.complete_name")
        return {
            "ids": self.ids,
            "title": self._get_scan_title(),
            "transfers": [
                {
                    "id": picking.id,
                    "box": boxes[picking.id],
                    "name": picking.name,
                    "partner": picking.partner_id.display_name or "",
                    "carrier": picking.carrier_id.name or "",
                    "order": picking.origin or "",
                }
                for picking in self
            ],
            "lines": [
                {**move._get_scan_line(), "box": boxes[move.picking_id.id]}
                for move in moves
            ],
            **self._get_scan_progress(),
        }

    def _get_scan_title(self):
        """Hook: what these transfers are called together."""
        if len(self) == 1:
            return self.name
        return self.env._("%(count)s transfers", count=len(self))

    def _get_scan_progress(self):
        """What was scanned so far, by everybody.

        :return: ``counts``: ``[[move id, quantity, [[lot id, quantity], ...]], ...]``;
            ``done`` and ``total`` in units; ``closed``: transfers that are done or
            cancelled meanwhile
        """
        moves = self._get_scan_moves()
        counts = self.env["stock.scan.count"]._get_counts(moves)
        return {
            "counts": [
                [
                    move.id,
                    counts[move.id][False],
                    [[lot, done] for lot, done in counts[move.id].items() if lot],
                ]
                for move in moves
            ],
            "done": sum(counts[move.id][False] for move in moves),
            "total": sum(moves.mapped("product_qty")),
            "closed": [p.name for p in self if p.state in ("done", "cancel")],
        }
