# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportRefunds(ImportCommon):
    """OM-7, OM-19: what a channel gives back, and what it says has moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer = cls._create_user("reviewer")
        for product in (cls.lamp, cls.desk):
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.warehouse.lot_stock_id, 100
            )
        cls.lines = [
            cls._prepare_line("LAMP", 5, "40.00", "1"),
            cls._prepare_line("DESK", 1, "250.00", "2", external_ids=["2", "2b"]),
        ]

    def _send(self, *args, order="A1", lines=None, **values):
        lines = self.lines if lines is None else lines
        row = self._import(self._prepare_order(order, lines, **values))
        self.assertIn(row.state, ("imported", "updated"), row.error)
        return row

    def _send_shipped(self):
        row = self._send()
        row.sale_order_id.action_confirm()
        self._ship(row.sale_order_id)
        return row

    def _ship(self, order):
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def _refund(self, key="R1", amount="80.00", lines=(("1", 2),), **values):
        parts = [{"line_id": line, "quantity": quantity} for line, quantity in lines]
        return {"external_id": key, "amount": amount, "lines": parts, **values}

    def _returns(self, row):
        return self.env["channel.return"].search(
            [("line_ids.order_id", "=", row.sale_order_id.id)], order="id"
        )

    def _changes(self, row, kind="refund"):
        changes = row.sale_order_id.change_ids
        return changes.filtered(lambda c: c.kind == kind and c.state == "pending")

    def test_refund_becomes_a_return(self):
        row = self._send_shipped()
        refund = self._refund(at="2026-07-25T10:00:00+07:00", reason="Too bright")
        self._send(refunds=[refund])
        record = self._returns(row)
        self.assertRecordValues(
            record,
            [
                {
                    "external_id": "R1",
                    "channel_id": self.channel.id,
                    "partner_id": row.sale_order_id.partner_id.id,
                    "return_type": "return_refund",
                    "state": "requested",
                    "refund_amount": 80,
                    "currency_id": self.env.ref("base.USD").id,
                }
            ],
        )
        self.assertEqual(str(record.requested_at), "2026-07-25 03:00:00")
        self.assertIn("Too bright", record.note)
        self.assertRegex(record.name, r"^RET\d{5}$")
        self.assertRecordValues(
            record.line_ids,
            [
                {
                    "sale_line_id": row.sale_order_id.order_line[0].id,
                    "product_id": self.lamp.id,
                    "requested_qty": 2,
                    "approved_qty": 2,
                    "refund_amount": 80,
                }
            ],
        )
        self.assertEqual(row.sale_order_id.return_count, 1)
        self.assertFalse(row.sale_order_id.change_ids)
        events = self.env["order.event"].search(row._get_event_domain())
        self.assertIn(record.name, events[0].reason)

    def test_again_changes_nothing(self):
        """One return for each refund, however often the channel tells it."""
        row = self._send_shipped()
        self._send(refunds=[self._refund()])
        self._send(refunds=[self._refund()], note="Ring twice")
        self._send(refunds=[self._refund(), self._refund("R2", "40.00", [("1", 1)])])
        records = self._returns(row)
        self.assertEqual(records.mapped("external_id"), ["R1", "R2"])
        self.assertEqual(records.mapped("refund_amount"), [80, 40])

    def test_changed_refund_changes_its_return(self):
        row = self._send_shipped()
        self._send(refunds=[self._refund()])
        self._send(refunds=[self._refund(amount="290.00", lines=[("1", 1), ("2b", 1)])])
        record = self._returns(row)
        self.assertEqual(record.line_ids.product_id, self.lamp + self.desk)
        self.assertEqual(record.line_ids.mapped("requested_qty"), [1, 1])
        self.assertEqual(record.line_ids.mapped("refund_amount"), [40, 250])
        record.with_user(self.reviewer).action_approve()
        self._send(refunds=[self._refund(amount="40.00", lines=[("1", 1)])])
        self.assertEqual(record.refund_amount, 290)
        change = self._changes(row)
        self.assertIn(record.name, change.current)
        with self.assertRaisesRegex(UserError, "decided already"):
            change.with_user(self.clerk).action_accept()

    def test_more_than_was_shipped_waits(self):
        """Never beyond what left less what came back: a person sees why."""
        row = self._send_shipped()
        self._send(refunds=[self._refund("R1", "160.00", [("1", 4)])])
        self._send(
            refunds=[
                self._refund("R1", "160.00", [("1", 4)]),
                self._refund("R2", "80.00", [("1", 2)]),
            ]
        )
        self.assertEqual(self._returns(row).mapped("external_id"), ["R1"])
        change = self._changes(row)
        self.assertIn("1 can still come back", change.current)
        self.assertIn("2 × [LAMP]", change.proposed)
        self.assertEqual(row.sale_order_id.pending_change_count, 1)
        change.with_user(self.clerk).action_accept()
        late = self._returns(row)[1]
        self.assertRecordValues(
            late.line_ids,
            [
                {"product_id": self.lamp.id, "requested_qty": 1, "refund_amount": 40},
                {
                    "product_id": self.channel._get_charge_product("discount").id,
                    "requested_qty": 1,
                    "refund_amount": 40,
                },
            ],
        )
        self.assertEqual(change.state, "accepted")

    def test_refused_returns_give_room_again(self):
        row = self._send_shipped()
        self._send(refunds=[self._refund("R1", "200.00", [("1", 5)])])
        self._returns(row).action_cancel()
        self._send(
            refunds=[
                self._refund("R1", "200.00", [("1", 5)]),
                self._refund("R2", "200.00", [("1", 5)]),
            ]
        )
        self.assertEqual(self._returns(row).mapped("external_id"), ["R1", "R2"])
        self.assertFalse(self._changes(row))

    def test_more_money_than_the_order_waits(self):
        row = self._send_shipped()
        self._send(refunds=[self._refund("R1", "450.01", [("1", 5)])])
        self.assertFalse(self._returns(row))
        self.assertIn("450.00 USD can still be given back", self._changes(row).current)
        self._changes(row).with_user(self.clerk).action_reject()
        self._send(refunds=[self._refund("R1", "450.00", [("1", 5)])])
        self.assertEqual(self._returns(row).refund_amount, 450)

    def test_money_for_no_goods(self):
        """Goodwill, shipping, cancelled pieces: an amount without anything to come."""
        row = self._send_shipped()
        self._send(refunds=[self._refund(amount="12.50", lines=())])
        record = self._returns(row)
        self.assertEqual(record.return_type, "refund_only")
        self.assertEqual((record.refund_amount, len(record.line_ids)), (12.5, 1))
        self.assertFalse(record.line_ids.sale_line_id)

    def test_voucher_sold_as_goods(self):
        """What was sold for less than nothing takes no part of a refund."""
        lines = [
            self._prepare_line("LAMP", 2, "40.00", "1"),
            self._prepare_line("DESK", 1, "-15.00", "2"),
        ]
        row = self._send(lines=lines)
        row.sale_order_id.action_confirm()
        self._ship(row.sale_order_id)
        for amount, goods, parts in (
            ("25.00", [("1", 1), ("2", 1)], [25.0, 0.0]),
            ("7.00", [("2", 1)], [0.0, 7.0]),
        ):
            with self.subTest(amount):
                self._send(lines=lines, refunds=[self._refund("R1", amount, goods)])
                made = self._returns(row).line_ids.mapped("refund_amount")
                self.assertEqual(made, parts)

    def test_cancelled_pieces_do_not_come_back(self):
        """Money for pieces cancelled before shipping is no return of goods."""
        lines = [dict(self.lines[0], cancelled_quantity=2), self.lines[1]]
        row = self._send(
            lines=lines,
            total="370.00",
            refunds=[self._refund("R1", "120.00", [("1", 3)])],
        )
        record = self._returns(row)
        self.assertEqual(record.return_type, "refund_only")
        self.assertEqual(record.line_ids.mapped("requested_qty"), [1, 1])
        self.assertEqual(record.line_ids.mapped("refund_amount"), [40, 80])

    def test_without_identifier(self):
        """A refund without an identifier is told by its place in the order."""
        row = self._send_shipped()
        refund = {"amount": "40", "lines": [{"line_id": "1", "quantity": 1}]}
        self._send(refunds=[refund])
        self._send(refunds=[refund, {**refund, "amount": "39.00"}])
        self.assertEqual(self._returns(row).mapped("external_id"), ["A1#1", "A1#2"])

    def test_identifiers_within_an_order(self):
        """Two orders may number their refunds alike."""
        first, second = self._send_shipped(), self._send(order="A2")
        refunds = [self._refund("1", "40.00", [("1", 1)])]
        self._send(refunds=refunds)
        self._send(order="A2", refunds=refunds)
        self._send(order="A2", refunds=refunds, note="again")
        self.assertEqual(self._returns(first).external_id, "1")
        self.assertEqual(self._returns(second).external_id, "A2/1")

    def test_entered_elsewhere_meanwhile(self):
        """Another process entered it a moment ago: this one starts over."""
        self._send_shipped()
        self._send(refunds=[self._refund()])
        importer = type(self.env["channel.order.importer"])

        def find_nothing(model, channel, claims):
            for claim in claims:
                claim.update(external_id=claim["key"], record=model.browse())

        row = self._receive(
            self._prepare_order("A2", self.lines, refunds=[self._refund()])
        )
        with (
            patch.object(importer, "_find_returns", find_nothing),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            row.with_user(self.clerk).action_process()

    def test_withdrawn_refund(self):
        row = self._send_shipped()
        self._send(refunds=[self._refund()])
        self._send()
        self.assertEqual(self._returns(row).state, "requested")
        self._changes(row).with_user(self.clerk).action_accept()
        self.assertEqual(self._returns(row).state, "cancelled")

    def test_history_with_refunds(self):
        """Imported as history, what came back is known at once."""
        self.channel.shipped_policy = "history"
        row = self._send(status="delivered", refunds=[self._refund()])
        self.assertTrue(row.sale_order_id.is_channel_history)
        self.assertEqual(self._returns(row).return_type, "return_refund")
        self._send(
            status="delivered",
            refunds=[self._refund(), self._refund("R2", "160.00", [("1", 4)])],
        )
        self.assertEqual(len(self._returns(row)), 1)
        change = self._changes(row)
        self.assertIn("3 can still come back", change.current)
        change.with_user(self.clerk).action_accept()
        self.assertEqual(len(self._returns(row)), 2)

    def test_packs_and_bundles(self):
        """Pieces of the channel are counted in units of the products here."""
        self.env["channel.product.map"].create(
            {
                "channel_id": self.channel.id,
                "key": "LAMP-6",
                "product_id": self.lamp.id,
                "factor": 6,
            }
        )
        parts = [{"sku": "DESK", "quantity": 1}, {"sku": "BULB", "quantity": 4}]
        lines = [
            self._prepare_line("LAMP-6", 2, "240.00", "1"),
            self._prepare_line("SET", 2, "260.00", "2", bundle=parts),
        ]
        refund = self._refund("R1", "500.00", [("1", 1), ("2", 1)])
        row = self._send(lines=lines, refunds=[refund])
        quantities = {
            line.product_id.default_code: line.requested_qty
            for line in self._returns(row).line_ids
        }
        self.assertEqual(quantities, {"LAMP": 6, "DESK": 1, "BULB": 4})
        self.assertEqual(self._returns(row).refund_amount, 500)

    # --- status ----------------------------------------------------------------------
    def _tell(self, status, **values):
        row = self._send()
        row.sale_order_id.action_confirm()
        self._send(status=status, **values)
        return row

    def test_shipped_on_the_channel(self):
        """A status never moves stock: a person is told."""
        row = self._tell(
            "shipped", shipments=[{"carrier": "GHN", "tracking": "GHN-77"}]
        )
        order, change = row.sale_order_id, self._changes(row, "status")
        self.assertIn("GHN GHN-77", change.proposed)
        self.assertIn("nothing shipped", change.current)
        self.assertNotEqual(order.picking_ids.state, "done")
        events = self.env["order.event"].search(row._get_event_domain())
        self.assertIn("Status on the channel: Shipped.", events[0].reason)
        change.with_user(self.clerk).action_accept()
        self.assertNotEqual(order.picking_ids.state, "done")
        self.assertFalse(order.locked)
        # delivered says something else: it is asked again
        self._send(status="delivered")
        self.assertIn("Delivered", self._changes(row, "status").proposed)

    def test_shipped_here_as_well(self):
        row = self._send_shipped()
        self._send(status="shipped")
        self._send(status="delivered")
        self.assertFalse(row.sale_order_id.change_ids)
        self._send(status="returned")
        self.assertIn("Returned", self._changes(row, "status").proposed)

    def test_returned_with_its_refund(self):
        row = self._send_shipped()
        self._send(status="returned", refunds=[self._refund()])
        self.assertFalse(row.sale_order_id.change_ids)
        self.assertEqual(len(self._returns(row)), 1)

    def test_quotation_that_left_elsewhere(self):
        """Not confirmed by itself, that would ship it again; accepted it is history."""
        row = self._send(status="paid")
        self.channel.auto_confirm = True
        self._send(status="shipped")
        self._send(status="shipped", note="again")
        order = row.sale_order_id
        self.assertEqual(order.state, "draft")
        change = self._changes(row, "status")
        self.assertEqual(len(change), 1)
        change.with_user(self.clerk).action_accept()
        self.assertEqual((order.state, order.locked), ("sale", True))
        self.assertFalse(order.picking_ids)

    def test_history_of_an_approved_order_needs_a_reviewer(self):
        self.channel.approval_mode = "explicit"
        row = self._send(status="paid")
        self._send(status="shipped")
        change = self._changes(row, "status")
        with self.assertRaises(AccessError):
            change.with_user(self.clerk).action_accept()
        change.with_user(self.reviewer).action_accept()
        self.assertTrue(row.sale_order_id.is_channel_history)

    def test_first_seen_returned(self):
        """It would count as a sale: held whatever the channel's policy."""
        self.channel.shipped_policy = "history"
        row = self._import(self._prepare_order(status="returned"))
        self.assertRow(row, "held", "already_returned", "count as a sale")
        row.with_user(self.reviewer).action_accept("moved")
        self.assertTrue(row.sale_order_id.is_channel_history)
