# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import itertools
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cod_common import CodSlipCase


@tagged("post_install", "-at_install")
class TestCodSlip(CodSlipCase):
    """OM-17: what carriers collect at the doors arrives, once."""

    def test_amount_to_collect(self):
        """Parcels of one order share what it costs, to the cent."""
        order = self._sell(3, cash_on_delivery=True)
        order.order_line.price_unit = 9.99
        picking = self._deliver(order, 1)
        rest = order.picking_ids - picking
        self.assertEqual(picking.cod_amount, 10.99)
        self.assertFalse(rest.cod_amount)
        self._deliver(order)
        self.assertAlmostEqual(
            sum(order.picking_ids.mapped("cod_amount")), order.amount_total
        )

    def _pay(self, order, amount, **values):
        """A payment of the order's customer."""
        values.setdefault("state", "done")
        provider = self.env["payment.provider"].create(
            {
                "name": "Test",
                "code": "custom",
                "custom_mode": values.pop("mode", "wire_transfer"),
                "company_id": self.company.id,
            }
        )
        paid = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": f"cod-{order.name}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                **values,
            }
        )
        order.invalidate_recordset()
        return paid

    def test_advance_covers_more_than_the_first_part(self):
        """What was paid before is collected from no part of an order."""
        order = self._sell(1, 4, cash_on_delivery=True)
        total = order.amount_total
        advance = order.order_line[0].price_total * 3
        self._pay(order, advance)
        child = order._split([{order.order_line[1]: 4}], "later")
        self._deliver(order)
        self._deliver(child)
        self.assertFalse(order.picking_ids.cod_amount)
        self.assertAlmostEqual(child.picking_ids.cod_amount, total - advance)

    def test_paid_part_comes_back(self):
        """What the customer paid of a part is paid of the order again."""
        order = self._sell(1, 4)
        child = order._split([{order.order_line[1]: 4}], "later")
        self._pay(child, child.amount_total)
        child.action_undo_split()
        (order | child).invalidate_recordset()
        self.assertEqual(order.amount_paid, 44)
        self.assertFalse(child.amount_paid)

    def test_web_shop_payment_at_the_door(self):
        """A payment method says it as well as the channel does."""
        order = self._sell(2, 3)
        total = order.amount_total
        self._pay(order, total, mode="cash_on_delivery", state="pending")
        child = order._split([{order.order_line[1]: 3}], "later")
        self._deliver(order)
        self._deliver(child)
        pickings = (order | child).picking_ids
        self.assertTrue(all(picking.cod_amount for picking in pickings))
        self.assertAlmostEqual(sum(pickings.mapped("cod_amount")), total)

    def test_no_cod_no_amount(self):
        order = self._sell(2)
        self._deliver(order)
        self.assertFalse(order.picking_ids.cod_amount)
        self.assertFalse(order.picking_ids.cod_state)

    def test_found_by_where_the_money_is(self):
        """Each state, and several at once, finds what is in it and nothing else."""
        parcels = {state: self._parcel(state) for state in ("open", "slip", "paid")}
        cancelled = self._parcel("cancelled")
        free = self._deliver(self._sell(1))
        for name in ("cancelled", "slip", "paid"):
            slip = self._slip()
            parcel = parcels.get(name, cancelled)
            slip.line_ids = [Command.create({"picking_id": parcel.id})]
            if name == "cancelled":
                slip.action_cancel()
            elif name == "paid":
                slip.stated_amount = slip.due_amount
                slip.action_check()
                slip.action_agree()
                slip.action_pay()
        every = free.union(cancelled, *parcels.values())
        domain = [("id", "in", every.ids)]
        for count in range(5):
            for states in itertools.combinations(
                ("open", "slip", "paid", False), count
            ):
                asked = Domain("cod_state", "in", list(states))
                found = self.env["stock.picking"].search(Domain(domain) & asked)
                in_state = every.filtered(
                    lambda p, states=states: p.cod_state in states
                )
                self.assertEqual(found, found & in_state, states)
                self.assertEqual(len(found), len(in_state), states)
                self.assertEqual(every.filtered_domain(asked), in_state)
        self.assertEqual(cancelled.cod_state, "open")

    def test_groups_are_those_that_odoo_finds(self):
        """Sums of what is to be collected, in two currencies, by carrier and week."""
        parcels = self._parcel("T1") | self._parcel("T2", 3)
        self.assertEqual(parcels.cod_currency_id, self.company.currency_id)
        self.assertFalse(self._deliver(self._sell(1)).cod_currency_id)
        domain = [("id", "in", parcels.ids), ("cod_state", "=", "open")]
        sums = ["__count", "cod_amount:sum", "cod_amount:sum_currency"]
        sums.append("cod_currency_id:array_agg_distinct")
        records = self.env["stock.picking"]
        odoo = patch.object(type(records), "_is_for_many", lambda *_args: False)
        for name in ("carrier_id", "date_done:week", "partner_id"):
            with odoo:
                plain = records.web_read_group(domain, [name], sums, limit=80)
            self.assertTrue(plain["groups"])
            ours = records.web_read_group(domain, [name], sums, limit=80)
            self.assertEqual(ours, plain)

    def test_add_delivered(self):
        picking = self._parcel("T1")
        self.assertEqual(picking.cod_state, "open")
        self.assertIn(
            picking, self.env["stock.picking"].search([("cod_state", "=", "open")])
        )
        slip = self._slip()
        slip.action_add_parcels()
        self.assertEqual(slip.line_ids.picking_id, picking)
        self.assertEqual(slip.cod_amount, picking.cod_amount)
        self.assertEqual(picking.cod_state, "slip")
        slip.action_add_parcels()
        self.assertEqual(slip.line_count, 1)

    def test_parcels_on_their_way(self):
        """Of a carrier that tells where parcels are, those that have arrived."""
        arrived, moving, back = (self._parcel(number) for number in ("T1", "T2", "T3"))
        arrived.tracking_state = "delivered"
        back.tracking_state = "returned"
        slip = self._slip()
        slip.action_add_parcels()
        self.assertEqual(
            {line.picking_id: line.outcome for line in slip.line_ids},
            {arrived: "delivered", back: "returned"},
        )
        vals = {"slip_id": slip.id, "picking_id": moving.id}
        with self.assertRaisesRegex(UserError, "not settled"):
            slip.line_ids.create(vals)

    def test_one_slip_only(self):
        picking = self._parcel("T1")
        first, second = self._slip(), self._slip()
        first.action_add_parcels()
        vals = {"slip_id": second.id, "picking_id": picking.id}
        with (
            self.assertRaises(psycopg2.IntegrityError) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["cod.slip.line"].create(vals)
        name = caught.exception.diag.constraint_name
        self.assertEqual(name, "cod_slip_line_picking_uniq")
        first.action_cancel()
        self.env["cod.slip.line"].create(vals)
        self.assertEqual(picking.cod_slip_id, second)

    def test_other_carrier(self):
        picking = self._parcel("T1")
        slip = self._slip(carrier_id=self.other_carrier.id)
        with self.assertRaisesRegex(UserError, "was sent with"):
            slip.line_ids = [Command.create({"picking_id": picking.id})]

    def test_import_agree_pay(self):
        """The statement says the same: one entry, invoices paid, nothing twice."""
        first, second = self._parcel("T1"), self._parcel("T2", 3)
        orders = (first | second).sale_id
        invoices = orders._create_invoices()
        invoices.action_post()
        slip = self._slip(statement_ref="S-7")
        self._import(
            slip,
            "Mã vận đơn;Tiền thu hộ;Phí giao hàng;Phí thu hộ;Trạng thái\n"
            "T1;22;2,5;0,5;Đã giao\n"
            "T2;33;-2,5;;Đã giao\n",
        )
        self.assertEqual(slip.line_ids.picking_id, first | second)
        self.assertEqual(slip.cod_amount, 55)
        self.assertEqual(slip.fee_amount, 5.5)
        self.assertEqual(slip.due_amount, 49.5)
        slip.stated_amount = 49
        slip.action_check()
        with self.assertRaisesRegex(UserError, "makes the difference"):
            slip.action_agree()
        slip.stated_amount = 49.5
        slip.action_agree()
        move = slip.sudo().move_id
        self.assertEqual(move.state, "posted")
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)
        by_account = {line.account_id: line.balance for line in move.line_ids}
        self.assertEqual(by_account[self.owed], 49.5)
        self.assertEqual(by_account[self.fees], 5.5)
        self.assertFalse(any(invoices.mapped("amount_residual")))
        slip.action_agree()
        self.assertEqual(slip.sudo().move_id, move)
        with self.assertRaisesRegex(UserError, "in the books"):
            slip.line_ids[0].freight = 1
        with self.assertRaisesRegex(UserError, "in the books"):
            slip.stated_amount = 1
        other = self._slip()
        other.line_ids = [Command.create({"tracking_ref": "T9"})]
        with self.assertRaisesRegex(UserError, "in the books"):
            other.line_ids.slip_id = slip
        slip.action_pay()
        self.assertEqual((first | second).mapped("cod_state"), ["paid", "paid"])

    def test_differences_and_disputes(self):
        self._parcel("T1")
        slip = self._slip()
        self._import(slip, "Tracking,COD,Freight\nT1,20,1\nX9,5,1\n")
        known, unknown = slip.line_ids
        self.assertEqual(known.difference, -2)
        slip.action_check()
        slip.stated_amount = slip.due_amount
        with self.assertRaisesRegex(UserError, "X9"):
            slip.action_agree()
        unknown.unlink()
        slip.stated_amount = slip.due_amount
        with self.assertRaisesRegex(UserError, "another amount"):
            slip.action_agree()
        known.action_dispute()
        with self.assertRaisesRegex(UserError, "disputed"):
            slip.action_agree()
        with self.assertRaisesRegex(UserError, "what the dispute"):
            known.action_settle()
        known.dispute_reason = "They gave 2 back"
        known.action_settle()
        slip.action_agree()
        self.assertEqual(slip.state, "agreed")

    def test_returned_collects_nothing(self):
        self._parcel("T1")
        slip = self._slip()
        self._import(slip, "Tracking,COD,Return,Status\nT1,0,3,Returned\n")
        line = slip.line_ids
        self.assertEqual(line.outcome, "returned")
        self.assertEqual((line.expected_amount, line.due_amount), (0, -3))

    def test_returned_takes_from_the_payout(self):
        """What a returned parcel costs is taken off, as the carrier states it."""
        self._parcel("T1")
        self._parcel("T2")
        slip = self._slip()
        self._import(
            slip,
            "Tracking,COD,Return,Payout,Status\n"
            "T1,0,-3,-3,Returned\nT2,22,0,22,Delivered\n",
        )
        self.assertEqual(slip.line_ids.mapped("stated_amount"), [-3, 22])
        self.assertEqual((slip.stated_amount, slip.due_amount), (19, 19))
        self.assertFalse(slip.difference)

    def test_merged_parcel_came_back(self):
        """All that was in a parcel came back with it."""
        parcels = self._parcel("T1") | self._parcel("T1", 3)
        slip = self._slip()
        slip.action_add_parcels()
        self.assertEqual(slip.line_ids.picking_id, parcels)
        self._import(slip, "Tracking,COD,Status\nT1,0,Returned\n")
        self.assertEqual(set(slip.line_ids.mapped("outcome")), {"returned"})
        self.assertFalse(slip.cod_amount)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self.env["cod.slip"].with_user(self._make_user("clerk")).create(
                {"carrier_id": self.carrier.id, "company_id": self.company.id}
            )
