# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: substitutes and dates that fit into a small window
MAX_SUBSTITUTES = 5
MAX_DATES = 5


class SaleOrderLine(models.Model):
    """An ordered product; here: whether it can be promised, while the line is typed.

    Nothing here is stored, and nothing is asked where the company has switched it off.
    A quotation of any length costs the same number of queries.
    """

    _inherit = "sale.order.line"

    availability_state = fields.Selection(
        [
            ("available", "Available"),
            ("low", "Available, then low stock"),
            ("later", "Available later"),
            ("missing", "Not available"),
        ],
        compute="_compute_availability",
        help="Of a quotation's line, in its warehouse, after the lines before it.",
    )
    availability_qty = fields.Float(
        "Available to Promise",
        digits="Product Unit",
        compute="_compute_availability",
        help="In the line's unit, after the lines before it.",
    )
    availability_date = fields.Datetime(
        "Available From",
        compute="_compute_availability",
        help="When all of it can be promised, by what is on order.",
    )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "state",
        "warehouse_id",
        "order_id.commitment_date",
    )
    def _compute_availability(self):
        self.availability_state = False
        self.availability_qty = 0.0
        self.availability_date = False
        lines = self._filter_availability()
        if not lines:
            return
        # what the lines before this one take counts, too
        all_lines = (lines.order_id.order_line | lines)._filter_availability()
        products, warehouses = all_lines.product_id, all_lines.warehouse_id
        timeline = products._get_promise_timeline(warehouses)
        own = all_lines.order_id._get_held_quantities()
        levels = products._get_low_stock_levels(warehouses)
        taken = defaultdict(float)
        for line in all_lines:
            key = line.product_id._origin.id, line.warehouse_id._origin.id
            order_key = (line.order_id, *key)
            wanted = line._get_product_quantity()
            used = taken[order_key] - own.get((line.order_id._origin.id, *key), 0.0)
            taken[order_key] += wanted
            if line in lines:
                line._set_availability(timeline[key], used, wanted, levels.get(key, 0))

    def _filter_availability(self):
        """Quotation lines whose company shows availability."""
        return self.filtered(
            lambda line: (
                line.order_id.company_id.has_availability_on_entry
                and line.state in ("draft", "sent")
            )
        )._filter_from_stock()

    def _get_product_quantity(self):
        """The ordered quantity in the product's unit."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id
        )

    def _set_availability(self, timeline, used, wanted, level):
        """Judge one line.

        :param timeline: ``[(date or None, quantity)]`` of product and warehouse
        :param used: what earlier lines take, less what is held for this order
        :param wanted: by this line; all in the product's unit
        :param level: below this the stock is low
        """
        self.ensure_one()
        uom = self.product_id.uom_id
        until = self._get_departure() if _is_falling(timeline) else None
        now = _get_lasting(timeline, until) - used
        self.availability_qty = uom._compute_quantity(
            now, self.product_uom_id, rounding_method="DOWN"
        )
        if uom.compare(now, wanted) >= 0:
            is_low = uom.compare(now - wanted, level) < 0
            self.availability_state = "low" if is_low else "available"
            return
        self.availability_date = _find_date(timeline, used + wanted, uom, until)
        self.availability_state = "later" if self.availability_date else "missing"

    def _get_departure(self):
        """When the goods of this line will leave, as its delivery will be planned."""
        self.ensure_one()
        deadline = self.order_id.commitment_date or self._expected_date()
        return deadline - timedelta(days=self.order_id.company_id.security_lead)

    @api.model
    @api.readonly
    def get_availability(self, product_id, quantity, uom_id, order):
        """What the window beside the line shows: the warehouses, dates, substitutes.

        Also for lines that are not saved yet.

        :param int product_id: the product
        :param float quantity: ordered, in ``uom_id``
        :param dict order: ``company_id``, ``warehouse_id``, ``id`` of a saved one, and
            ``date`` when the goods will leave
        :return: dict with ``uom`` (name), ``warehouses`` ([{id, name, is_own,
            available, date, incoming ([[date, quantity]], below zero: does not last
            longer)}], the line's first),
            ``low_level``, ``left`` and ``substitutes`` ([{id, name, available}]);
            quantities in ``uom_id``, dates as text in UTC
        :raises AccessError: no right to read the product or quotations
        :raises UserError: the product or unit is gone
        """
        self.check_access("read")
        product, uom, company = self._check_availability_query(
            product_id, uom_id, order
        )
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        own = warehouses.filtered(lambda wh: wh.id == order.get("warehouse_id"))
        warehouses = own | warehouses
        timeline = product._get_promise_timeline(warehouses)
        held = self._get_held_of_query(order, product)
        wanted = uom._compute_quantity(quantity or 0.0, product.uom_id)
        until = fields.Datetime.to_datetime(order.get("date") or None)
        rows = [
            self._prepare_warehouse_row(
                warehouse,
                _shift(timeline[product.id, warehouse.id], held.get(warehouse.id, 0)),
                wanted,
                (product.uom_id, uom),
                until,
            )
            for warehouse in warehouses
        ]
        here = own or warehouses[:1]
        return {
            "uom": uom.name,
            "warehouses": [{**row, "is_own": row["id"] == own.id} for row in rows],
            "substitutes": self._prepare_substitutes(product, here, company),
            **self._prepare_low_stock(product, here, rows, uom, quantity or 0.0),
        }

    @api.model
    def _prepare_low_stock(self, product, warehouse, rows, uom, quantity):
        """What would be left in the first of the warehouses, and from when on that is
        low; in ``uom``."""
        level = product._get_low_stock_levels(warehouse).get(
            (product.id, warehouse.id), 0.0
        )
        return {
            "low_level": product.uom_id._compute_quantity(level, uom),
            "left": (rows[0]["available"] if rows else 0.0) - quantity,
        }

    @api.model
    def _check_availability_query(self, product_id, uom_id, order):
        """The records that somebody asks about, if they may be seen.

        :return: (product, unit, company)
        """
        product = self.env["product.product"].browse(product_id).exists()
        uom = self.env["uom.uom"].browse(uom_id).exists() or product.uom_id
        if not product:
            raise UserError(
                self.env._("This product is gone. Choose another one for the line.")
            )
        product.check_access("read")
        companies = self.env.companies
        company = companies.filtered(lambda c: c.id == order.get("company_id"))
        return product, uom, company or self.env.company

    @api.model
    def _get_held_of_query(self, order, product):
        """``{warehouse id: quantity}`` that the asking order holds itself."""
        record = self.env["sale.order"].browse(order.get("id") or ()).exists()
        record.check_access("read")
        return {
            warehouse_id: quantity
            for (_order, product_id, warehouse_id), quantity in (
                record._get_held_quantities().items()
            )
            if product_id == product.id
        }

    @api.model
    def _prepare_warehouse_row(self, warehouse, timeline, wanted, units, until=None):
        """One warehouse; ``units``: the product's and the one to show."""
        uom, shown = units
        date, now = False, _get_lasting(timeline, until)
        if uom.compare(now, wanted) < 0:
            date = _find_date(timeline, wanted, uom, until)
        previous, incoming = timeline[0][1], []
        for day, quantity in timeline[1:]:
            incoming.append(
                (
                    fields.Datetime.to_string(day),
                    uom._compute_quantity(quantity - previous, shown),
                )
            )
            previous = quantity
        return {
            "id": warehouse.id,
            "name": warehouse.name,
            "available": uom._compute_quantity(now, shown, rounding_method="DOWN"),
            "date": fields.Datetime.to_string(date) if date else False,
            "incoming": incoming[:MAX_DATES],
        }

    @api.model
    def _prepare_substitutes(self, product, warehouse, company):
        """What could be sold instead and is there, the most plentiful first."""
        template = product.product_tmpl_id
        others = template._get_substitutes()[template.id]
        variants = others.filtered(
            lambda other: other.company_id.id in (False, company.id)
        ).product_variant_ids._filtered_access("read")
        if not variants or not warehouse:
            return []
        quantities = variants._get_available_to_promise(warehouse)
        rows = [
            {
                "id": variant.id,
                "name": variant.display_name,
                "available": quantities[variant.id],
                "uom": variant.uom_id.name,
            }
            for variant in variants
            if quantities[variant.id] > 0
        ]
        rows.sort(key=lambda row: -row["available"])
        return rows[:MAX_SUBSTITUTES]


def _is_falling(timeline):
    """Whether some of the goods do not last."""
    return any(
        later < earlier
        for (_day, earlier), (_date, later) in zip(timeline, timeline[1:], strict=False)
    )


def _get_lasting(timeline, until):
    """What is there now and will be there until a moment (None: it all lasts)."""
    return min(
        quantity
        for date, quantity in timeline
        if date is None or (until and date <= until)
    )


def _find_date(timeline, wanted, uom, until=None):
    """The first date at which the supply added up covers ``wanted``, and does so until
    the goods leave; or False."""
    for place, (date, quantity) in enumerate(timeline[1:], 1):
        later = [q for day, q in timeline[place:] if until and day <= until]
        if uom.compare(min([quantity, *later]), wanted) >= 0:
            return date
    return False


def _shift(timeline, more):
    """The timeline with ``more`` from the start."""
    return [(date, quantity + more) for date, quantity in timeline]
