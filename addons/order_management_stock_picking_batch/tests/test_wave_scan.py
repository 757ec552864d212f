# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .wave_common import WaveCommon


@tagged("post_install", "-at_install")
class TestWaveScan(WaveCommon):
    """OM-16: a wave is scanned as a whole, each delivery a box."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stock_text_confirmation = False

    def _open(self, code):
        data = self.env["stock.picking"].with_user(self.picker).scan_open(code)
        return data, self.env["stock.picking"].with_user(self.picker).browse(
            data.get("ids")
        )

    def test_scan_and_finish(self):
        """Each scan says which box; all done, the wave is done."""
        self._deliveries(2)
        wave = self.rule._build()
        data, pickings = self._open(wave.name)
        self.assertEqual(data["title"], wave.name)
        self.assertEqual([row["box"] for row in data["transfers"]], [1, 2])
        boxes = [self._scan(pickings, "FL-LAMP")["picking_id"] for _scan in "12"]
        self.assertEqual(boxes, pickings.ids)
        wave.invalidate_recordset()
        self.assertEqual((wave.scan_done, wave.scan_total), (2, 2))
        self.assertEqual(wave.scan_percent, 100)
        answer = pickings.scan_finish()
        self.assertEqual(answer["finished"], pickings.mapped("name"))
        self.assertEqual(wave.state, "done")
        self.assertEqual(wave.picking_ids, pickings)
        wave.invalidate_recordset()
        self.assertEqual(wave.scan_percent, 100)
        self.assertIn("error", self._open(wave.name)[0])

    def test_part(self):
        """A delivery of which nothing was scanned leaves the wave as it is."""
        first, second = self._deliveries(1), self._deliveries(1, (self.desk, 1))
        wave = self.rule._build()
        _data, pickings = self._open(wave.name)
        self._scan(pickings, "FL-LAMP")
        self.assertTrue(pickings.scan_finish()["question"])
        pickings.scan_finish(backorder=True)
        self.assertEqual((first.state, second.state), ("done", "assigned"))
        self.assertEqual(wave.state, "done")
        self.assertFalse(second.batch_id)
        self.assertEqual(self.rule._build().picking_ids, second)

    def test_required(self):
        """Odoo's own button of the wave does not go around the scan either."""
        self._deliveries(1)
        wave = self.rule._build()
        self.warehouse.out_type_id.scan_required = True
        with self.assertRaisesRegex(Exception, "scanned"):
            wave.action_done()
        _data, pickings = self._open(wave.name)
        self._scan(pickings, "FL-LAMP")
        wave.action_done()
        self.assertEqual(wave.state, "done")

    def test_actions(self):
        """Scan and print open the whole wave, box by box."""
        self._deliveries(3)
        wave = self.rule._build()
        ids = wave.picking_ids.sorted("batch_sequence").ids
        self.assertEqual(wave.action_scan()["params"]["ids"], ids)
        self.assertIn(
            "ids=" + ",".join(map(str, ids)), wave.action_print_floor()["url"]
        )
