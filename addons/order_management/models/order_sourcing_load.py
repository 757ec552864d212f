# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class OrderSourcingLoad(models.Model):
    """How much of one warehouse's day is taken: the counter of its capacity.

    Whoever gives orders to the warehouse *updates* the row of the day. At REPEATABLE
    READ two that meet there do not both go on: the later one starts over and sees what
    the other has taken. Rows are there only for warehouses with a limit.
    """

    _name = "order.sourcing.load"
    _description = "Load of a Warehouse"
    _order = "day desc, warehouse_id"

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    day = fields.Date(required=True, readonly=True)
    order_count = fields.Integer("Orders", required=True, readonly=True, default=0)
    unit_qty = fields.Float(
        "Units", digits="Product Unit", required=True, readonly=True, default=0.0
    )
    order_capacity = fields.Integer(related="warehouse_id.sourcing_order_capacity")
    unit_capacity = fields.Float(related="warehouse_id.sourcing_unit_capacity")
    share = fields.Float("Load %", compute="_compute_share")

    _warehouse_day_uniq = models.UniqueIndex(
        "(warehouse_id, day)", "There is one row for a warehouse and day."
    )

    @api.depends("order_count", "order_capacity", "unit_qty", "unit_capacity")
    def _compute_share(self):
        for load in self:
            shares = [0.0]
            if load.order_capacity:
                shares.append(load.order_count / load.order_capacity)
            if load.unit_capacity:
                shares.append(load.unit_qty / load.unit_capacity)
            load.share = 100 * max(shares)

    @api.depends("day", "warehouse_id")
    def _compute_display_name(self):
        for load in self:
            load.display_name = f"{load.warehouse_id.name}, {load.day}"

    @api.model
    def _get_used(self, days):
        """What is taken of some days.

        :param days: ``{warehouse id: date}``
        :return: ``{warehouse id: (orders, units)}``
        """
        if not days:
            return {}
        # sudo: how full a day is may be known to whoever chooses warehouses
        loads_sudo = self.sudo().search(
            [
                ("warehouse_id", "in", list(days)),
                ("day", "in", list(set(days.values()))),
            ]
        )
        return {
            load.warehouse_id.id: (load.order_count, load.unit_qty)
            for load in loads_sudo
            if load.day == days[load.warehouse_id.id]
        }

    @api.model
    def _book(self, bookings):
        """Take room of days for orders, exactly, whoever else does so now.

        :param bookings: vals of `order.sourcing.booking`
        :raises psycopg2.errors.SerializationFailure: somebody else was faster; Odoo
            tries the whole request again
        """
        if not bookings:
            return
        sums = {}
        for vals in bookings:
            key = vals["warehouse_id"], vals["day"]
            orders, units = sums.get(key, (0, 0.0))
            sums[key] = orders + 1, units + vals["unit_qty"]
        self._add(sums)
        self.env["order.sourcing.booking"].sudo().create(bookings)

    @api.model
    def _give_back(self, orders, warehouses=None):
        """Give back what these orders had booked, in some warehouses or everywhere.

        :return: vals of the bookings that are gone, as :meth:`_book` takes them
        """
        if not orders:
            return []
        domain = [("order_id", "in", orders.ids)]
        if warehouses is not None:
            domain.append(("warehouse_id", "in", warehouses.ids))
        bookings_sudo = self.env["order.sourcing.booking"].sudo().search(domain)
        sums, given = {}, []
        for booking in bookings_sudo:
            given.append(
                {
                    "order_id": booking.order_id.id,
                    "warehouse_id": booking.warehouse_id.id,
                    "day": booking.day,
                    "unit_qty": booking.unit_qty,
                }
            )
            key = booking.warehouse_id.id, booking.day
            count, units = sums.get(key, (0, 0.0))
            sums[key] = count - 1, units - booking.unit_qty
        if sums:
            self._add(sums)
            bookings_sudo.unlink()
        return given

    @api.model
    def _add(self, sums):
        """:param sums: ``{(warehouse id, day): (orders, units)}`` to be added"""
        keys = sorted(sums)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_sourcing_load (warehouse_id, company_id, day,
                    order_count, unit_qty, create_uid, write_uid, create_date,
                    write_date)
                SELECT new.warehouse_id, warehouse.company_id, new.day, new.orders,
                    new.units, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                    now() AT TIME ZONE 'UTC'
                FROM unnest(%(warehouses)s::int[], %(days)s::date[],
                        %(orders)s::int[], %(units)s::numeric[])
                    AS new (warehouse_id, day, orders, units)
                JOIN stock_warehouse warehouse ON warehouse.id = new.warehouse_id
                ORDER BY new.warehouse_id, new.day
                ON CONFLICT (warehouse_id, day) DO UPDATE SET
                    order_count = order_sourcing_load.order_count
                        + excluded.order_count,
                    unit_qty = order_sourcing_load.unit_qty + excluded.unit_qty,
                    write_uid = excluded.write_uid, write_date = excluded.write_date
                """,
                uid=self.env.uid,
                warehouses=[warehouse_id for warehouse_id, _day in keys],
                days=[day for _warehouse_id, day in keys],
                orders=[sums[key][0] for key in keys],
                units=[sums[key][1] for key in keys],
            ),
            # losing a race is no error of the query
            log_exceptions=False,
        )
        self.invalidate_model(flush=False)
