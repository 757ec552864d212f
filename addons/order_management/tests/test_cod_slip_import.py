# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .cod_common import CodSlipCase


@tagged("post_install", "-at_install")
class TestCodSlipImport(CodSlipCase):
    """OM-17: statements of carriers as they come, with words that nobody knows."""

    def test_status_that_nobody_knows(self):
        """Its parcel is disputed until somebody says what it means, once."""
        parcels = self._parcel("T1") | self._parcel("T2") | self._parcel("T3")
        slip = self._slip()
        statement = (
            "Tracking,COD,Due,Status\nT1,22,22,%s\nT2,22,22,Da giao\nT3,20,20,%s\n"
        )
        self._import(slip, statement % ("Lưu tại bưu cục", "Đang giao"))
        self.assertEqual(slip.line_ids.picking_id, parcels)
        odd = slip.line_ids.filtered("is_status_open")
        self.assertEqual(odd.mapped("tracking_ref"), ["T1", "T3"])
        self.assertEqual((slip.open_status_count, slip.dispute_count), (2, 2))
        self.assertIn("“Đang giao”", slip.message_ids[0].body)
        rows = self.carrier.status_map_ids
        self.assertEqual(
            set(rows.mapped("code")), {"LƯU TẠI BƯU CỤC", "ĐANG GIAO"}, "not “Da giao”"
        )
        slip.action_check()
        slip.stated_amount = slip.due_amount
        with self.assertRaisesRegex(UserError, "disputed"):
            slip.action_agree()
        manager = self._make_user("manager")
        for row in rows.with_user(manager):
            row.state = "returned" if "BƯU" in row.code else "delivered"
        first, _known, last = slip.line_ids
        self.assertEqual(
            slip.line_ids.mapped("outcome"), ["returned", "delivered", "delivered"]
        )
        self.assertEqual((first.cod_amount, last.cod_amount), (22, 20), "as it says")
        self.assertEqual((slip.open_status_count, slip.dispute_count), (0, 0))
        other = self._slip()
        self._parcel("T4")
        self._import(other, "Tracking,COD,Status\nT4,0,lưu tại  bưu cục\n")
        self.assertEqual(other.line_ids.outcome, "returned")
        rows.write({"state": False, "is_ignored": True})
        self._import(other, "Tracking,COD,Status\nT4,0,Đang giao\n")
        self.assertEqual(len(self.carrier.status_map_ids), 2)
        self.assertFalse(other.line_ids.is_status_open)

    def test_parcel_on_its_way_in_a_statement(self):
        """One that is not settled stops no other; settling it asks for an outcome."""
        arrived, moving = self._parcel("T1"), self._parcel("T2")
        arrived.tracking_state = "delivered"
        moving.tracking_state = "in_transit"
        slip = self._slip()
        self._import(slip, "Tracking,COD\nT1,22\nT2,22\n")
        line = slip.line_ids.filtered(lambda one: one.picking_id == moving)
        self.assertEqual((line.dispute_state, line.outcome), ("open", False))
        with self.assertRaisesRegex(UserError, "not settled"):
            line.action_settle()
        self._import(slip, "Tracking,COD,Status\nT2,22,Delivered\n")
        self.assertEqual((line.dispute_state, line.outcome), ("none", "delivered"))

    def test_column_that_is_no_status(self):
        slip = self._slip()
        lines = [
            f"X{number},5,by way of depot {chr(97 + number % 26) * number}"
            for number in range(41)
        ]
        with self.assertRaisesRegex(UserError, "41 texts that nobody knows"):
            self._import(slip, "\n".join(["Tracking,COD,Status", *lines]))

    def test_bad_file(self):
        slip = self._slip()
        for content, words in (
            ("\n", "no rows|no parcel"),
            ("%PDF-1.7\n1 0 obj", "PDF"),
            ("PK\x03\x04 broken", "opened as XLSX"),
            ("Tracking,COD\n", "no rows|no parcel"),
            ("Tracking,COD\n,5\n", "no parcel"),
            ("Tracking,COD\nT1,NaN\n", "no amount"),
            ("Tracking,COD\nT1,1e400\n", "no amount"),
        ):
            with (
                self.subTest(content=content),
                self.assertRaisesRegex(UserError, words),
            ):
                self._import(slip, content)
        with self.assertRaisesRegex(UserError, "tracking numbers"):
            self._import(slip, "Name,Amount\nA,1\n")
        with self.assertRaisesRegex(UserError, "no amount"):
            self._import(slip, "Tracking,COD\nT1,plenty\n")
        self.assertFalse(slip.line_ids)
