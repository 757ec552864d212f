# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .shipment_common import ShipmentCase


@tagged("post_install", "-at_install")
class TestCarrierReport(ShipmentCase):
    """OM-17: what carriage cost against what the buyer paid, and parcels in time."""

    def _report(self, pickings):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["shipment.report"].search([("id", "in", pickings.ids)])
        return {row.picking_id: row for row in rows}

    def test_costs_and_what_the_buyer_paid(self):
        order = self._make_order(4, carrier_id=self.carrier.id)
        order._create_delivery_line(self.carrier, 30.0)
        first = order.picking_ids
        self._ship(first, 2)
        second = order.picking_ids - first
        self._ship(second)
        first.carrier_price = 25.0
        rows = self._report(order.picking_ids)
        self.assertAlmostEqual(rows[first].revenue, 15.0)
        self.assertAlmostEqual(rows[first].margin, -10.0)
        self.assertEqual(rows[first].cost_source, "price")
        # the channel kept 24 for the order
        shop = self.env["sale.channel"].create(
            {"name": "Shop", "company_id": self.company.id}
        )
        self.env["channel.settlement"].create(
            {
                "channel_id": shop.id,
                "statement_ref": "S1",
                "date_from": "2026-07-01",
                "date_to": "2026-07-31",
                "line_ids": [
                    Command.create(
                        {
                            "line_type": "shipping_fee",
                            "amount": -24.0,
                            "sale_order_id": order.id,
                        }
                    )
                ],
            }
        )
        rows = self._report(order.picking_ids)
        self.assertAlmostEqual(rows[first].cost, 12.0)
        self.assertEqual(rows[second].cost_source, "settlement")
        # the bill counts before everything else
        first.billed_cost = 14.0
        row = self._report(first)[first]
        self.assertAlmostEqual(row.margin, 1.0)
        self.assertEqual(row.cost_source, "bill")
        with self.assertRaises(ValidationError):
            first.billed_cost = -1.0

    def test_amounts_are_the_companys(self):
        foreign = self.env["res.currency"].create({"name": "XHB", "symbol": "H"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": foreign.id}
        )
        order = self._make_order(1, carrier_id=self.carrier.id, confirm=False)
        order.pricelist_id = pricelist
        order._create_delivery_line(self.carrier, 10.0)
        order.action_confirm()
        self._ship(order.picking_ids)
        row = self._report(order.picking_ids)[order.picking_ids]
        self.assertAlmostEqual(row.revenue, 20.0)
        self.assertEqual(row.currency_id, self.company.currency_id)

    def test_share_in_time(self):
        good, late, open_ = (self._send(number) for number in ("P1", "P2", "P3"))
        late.deliver_by = fields.Datetime.now() - timedelta(days=2)
        now = fields.Datetime.now()
        self._tell(("P1", "delivered", now, "a"), ("P2", "delivered", now, "b"))
        mine = good | late | open_
        self.env.flush_all()
        groups = self.env["shipment.report"]._read_group(
            [("id", "in", mine.ids)],
            ["carrier_id"],
            ["on_time:avg", "parcel_count:sum"],
        )
        self.assertEqual(groups, [(self.carrier, 50.0, 3)])

    def test_who_reads_it(self):
        picking = self._send("P1")
        self.env.flush_all()
        report = self.env["shipment.report"]
        domain = [("id", "=", picking.id)]
        self.assertTrue(report.with_user(self.users["clerk"]).search(domain))
        with self.assertRaises(AccessError):
            report.with_user(self.users["storekeeper"]).search(domain)
        self.assertEqual(
            report.search(domain).action_open_delivery()["res_id"], picking.id
        )
