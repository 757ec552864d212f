# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

#: how far ahead a warehouse's next working day is looked for
_DAYS_AHEAD = 30


class StockWarehouse(models.Model):
    """A warehouse; here: when, how much and by whom it ships, for sourcing orders."""

    _inherit = "stock.warehouse"

    sourcing_currency_id = fields.Many2one(related="company_id.currency_id")
    sourcing_order_capacity = fields.Integer(
        "Orders a Day", help="How many orders can leave in a day; 0: no limit."
    )
    sourcing_unit_capacity = fields.Float(
        "Units a Day",
        digits="Product Unit",
        help="How many ordered units can leave in a day; 0: no limit.",
    )
    sourcing_cutoff = fields.Float(
        "Cut-off Time",
        help="Orders given to it later leave on the next working day; 0:00: no limit.",
    )
    sourcing_carrier_ids = fields.Many2many(
        "delivery.carrier",
        "order_sourcing_warehouse_carrier_rel",
        string="Delivery Methods Here",
        help="Who fetches parcels here. Empty: every delivery method.",
    )
    sourcing_parcel_cost = fields.Monetary(
        "Cost of a Parcel",
        currency_field="sourcing_currency_id",
        help="What making a parcel ready costs here, beside what the carrier takes.",
    )
    sourcing_day = fields.Date("Next Shipping Day", compute="_compute_sourcing_load")
    sourcing_day_orders = fields.Integer(
        "Orders That Day", compute="_compute_sourcing_load"
    )
    sourcing_day_units = fields.Float(
        "Units That Day", digits="Product Unit", compute="_compute_sourcing_load"
    )
    sourcing_day_share = fields.Float("Load %", compute="_compute_sourcing_load")

    _sourcing_order_capacity_check = models.Constraint(
        "CHECK (sourcing_order_capacity >= 0)", "A capacity cannot be below zero."
    )
    _sourcing_unit_capacity_check = models.Constraint(
        "CHECK (sourcing_unit_capacity >= 0)", "A capacity cannot be below zero."
    )
    _sourcing_parcel_cost_check = models.Constraint(
        "CHECK (COALESCE(sourcing_parcel_cost, 0) >= 0)",
        "The cost of a parcel cannot be below zero.",
    )
    _sourcing_cutoff_check = models.Constraint(
        "CHECK (sourcing_cutoff >= 0 AND sourcing_cutoff < 24)",
        "A cut-off time is between 0:00 and 23:59.",
    )

    @api.depends("sourcing_order_capacity", "sourcing_unit_capacity")
    def _compute_sourcing_load(self):
        days = self._origin._get_sourcing_days()
        used = self.env["order.sourcing.load"]._get_used(days)
        for warehouse in self:
            origin = warehouse._origin.id
            orders, units = used.get(origin, (0, 0.0))
            warehouse.sourcing_day = days.get(origin, False)
            warehouse.sourcing_day_orders = orders
            warehouse.sourcing_day_units = units
            shares = [0.0]
            if warehouse.sourcing_order_capacity:
                shares.append(orders / warehouse.sourcing_order_capacity)
            if warehouse.sourcing_unit_capacity:
                shares.append(units / warehouse.sourcing_unit_capacity)
            warehouse.sourcing_day_share = 100 * max(shares)

    def action_view_sourcing_load(self):
        """Open what leaves these warehouses day by day."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_sourcing_load_action"
        )
        return {**action, "domain": [("warehouse_id", "in", self.ids)], "context": {}}

    def _has_sourcing_limit(self):
        self.ensure_one()
        return bool(self.sourcing_order_capacity or self.sourcing_unit_capacity)

    def _get_sourcing_days(self):
        """When an order that is given to each of these warehouses now leaves.

        :return: ``{warehouse id: date}``; queries by working calendar, not by warehouse
        """
        now = pytz.utc.localize(fields.Datetime.now())
        days = {}
        for calendar, warehouses in self.grouped("resource_calendar_id").items():
            for warehouse in warehouses:
                tz = calendar.tz or warehouse.company_id.partner_id.tz or "UTC"
                local = now.astimezone(pytz.timezone(tz))
                day, cutoff = local.date(), warehouse.sourcing_cutoff
                if cutoff and local.hour + local.minute / 60 >= cutoff:
                    day += timedelta(days=1)
                days[warehouse.id] = day
            if calendar:
                open_days = self._get_open_days(calendar, now)
                for warehouse in warehouses:
                    day = days[warehouse.id]
                    days[warehouse.id] = min(
                        (other for other in open_days if other >= day),
                        default=day + timedelta(days=_DAYS_AHEAD),
                    )
        return days

    @api.model
    def _get_open_days(self, calendar, now):
        """The working days of a calendar from now on."""
        tz = pytz.timezone(calendar.tz or "UTC")
        start = tz.localize(datetime.combine(now.astimezone(tz).date(), time.min))
        end = start + timedelta(days=_DAYS_AHEAD + 1)
        # sudo: who sells need not see the hours of a warehouse
        intervals = calendar.sudo()._work_intervals_batch(start, end)[False]
        return {begin.astimezone(tz).date() for begin, _end, _attendance in intervals}
