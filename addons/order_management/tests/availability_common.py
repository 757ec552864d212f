# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields

from .common import OrderManagementCommon

OPEN = ("waiting", "confirmed", "partially_available", "assigned")


class AvailabilityCommon(OrderManagementCommon):
    """Stock, moves and holds, and what can be promised counted record by record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "ATP2", "company_id": cls.company.id}
        )
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.now = fields.Datetime.now()

    @classmethod
    def _create_product(cls, name="Cup", **values):
        return cls.env["product.product"].create(
            {"name": name, "is_storable": True, "taxes_id": False, **values}
        )

    @classmethod
    def _in(cls, **delta):
        return cls.now + timedelta(**delta)

    @classmethod
    def _prepare_move(cls, product, quantity, source, destination, **values):
        company = (source.company_id or destination.company_id) or cls.company
        warehouse = source.warehouse_id or destination.warehouse_id or cls.warehouse
        inside = (bool(source.warehouse_id), bool(destination.warehouse_id))
        kind = {(True, False): "out_type_id", (False, True): "in_type_id"}
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "location_id": source.id,
            "location_dest_id": destination.id,
            "company_id": company.id,
            "picking_type_id": warehouse[kind.get(inside, "int_type_id")].id,
            "date": cls.now,
            **values,
        }

    @classmethod
    def _create_move(cls, product, quantity, source, destination, **values):
        """A move that is confirmed; not reserved where the operation does it later."""
        move = cls.env["stock.move"].create(
            cls._prepare_move(product, quantity, source, destination, **values)
        )
        return move._action_confirm(merge=False)

    @classmethod
    def _reserve_by_hand(cls, *warehouses):
        for warehouse in warehouses or (cls.warehouse | cls.second):
            types = cls.env["stock.picking.type"].search(
                [("warehouse_id", "=", warehouse.id), ("code", "!=", "incoming")]
            )
            types.reservation_method = "manual"

    @classmethod
    def _hold(cls, quantity, product=None, warehouse=None, **values):
        return cls.env["stock.hold"].create(
            {
                "product_id": (product or cls.product).id,
                "warehouse_id": (warehouse or cls.warehouse).id,
                "quantity": quantity,
                **values,
            }
        )

    @classmethod
    def _create_lines_order(cls, *needs, **values):
        """A quotation of (product, quantity) lines."""
        return cls._create_order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in needs
            ],
            **values,
        )

    def _promise(self, product=None, warehouse=None, at=None):
        product, warehouse = product or self.product, warehouse or self.warehouse
        return product._get_available_to_promise(warehouse, at=at)[product.id]

    # the definition, word by word, one record at a time

    def _count_slowly(self, product, warehouse, at=None):
        total = 0.0
        for quant in self.env["stock.quant"].search([("product_id", "=", product.id)]):
            if self._is_place_of(quant.location_id, warehouse) and self._is_promised(
                quant, at
            ):
                total += quant.quantity - quant.reserved_quantity
        moves = self.env["stock.move"].search([("product_id", "=", product.id)])
        for move in moves:
            if move.state not in OPEN or (at and move.date > at):
                continue
            starts = self._is_place_of(move.location_id, warehouse)
            if starts and self._is_first(move) and self._leads_out(move, warehouse):
                total -= self._count_missing(move)
            if at and not starts and self._ends_in(move, warehouse):
                total += self._count_incoming(move)
        for hold in self.env["stock.hold"].search([("product_id", "=", product.id)]):
            if hold.warehouse_id == warehouse and hold.state == "active":
                if not hold.expires_at or hold.expires_at > fields.Datetime.now():
                    total -= hold.quantity
        return round(total, 2)

    def _is_promised(self, quant, at):
        """Addons: whether goods of this kind can be promised for a moment."""
        return True

    def _is_place_of(self, location, warehouse):
        if location.usage not in ("internal", "transit"):
            return False
        views = self.env["stock.warehouse"].search([]).view_location_id
        while location and location not in views:
            location = location.location_id
        return location == warehouse.view_location_id

    def _ends_in(self, move, warehouse):
        place = move.location_final_id or move.location_dest_id
        return self._is_place_of(place, warehouse)

    def _is_first(self, move):
        """No earlier step is open; made to order: and one has brought something."""
        states = move.move_orig_ids.mapped("state")
        if any(state not in ("done", "cancel") for state in states):
            return False
        return move.procure_method != "make_to_order" or "done" in states

    def _leads_out(self, move, warehouse):
        if not self._ends_in(move, warehouse):
            return True
        return any(
            self._leaves_somewhere(later)
            for later in self._all_after(move)
            if later.state in OPEN
        )

    def _leaves_somewhere(self, move):
        """Whether the move leaves the warehouse that it starts in, if it is one."""
        return any(
            self._is_place_of(move.location_id, warehouse)
            and not self._ends_in(move, warehouse)
            for warehouse in self.env["stock.warehouse"].search([])
        )

    def _all_after(self, move):
        """Later moves of the chain, as far as nothing between is done."""
        later = move.move_dest_ids
        for step in move.move_dest_ids:
            if step.state not in ("done", "cancel"):
                later |= self._all_after(step)
        return later

    def _count_missing(self, move):
        reserved = sum(move.move_line_ids.mapped("quantity_product_uom"))
        return max(move.product_qty - reserved, 0.0)

    def _count_incoming(self, move):
        """Less what waits for exactly these goods and will leave with them."""
        waiting = sum(
            self._count_missing(later)
            for later in self._all_after(move)
            if later.state in OPEN and self._leaves_somewhere(later)
        )
        return max(move.product_qty - waiting, 0.0)
