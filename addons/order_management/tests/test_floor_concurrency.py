# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import new_test_user, tagged

from .race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestFloorConcurrency(RaceCase):
    """OM-16: several people scan into the same transfers, and nobody counts twice."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self._env() as env:
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            self.stock_id = warehouse.lot_stock_id.id
            self.partner_id = env["res.partner"].create({"name": "Scan Racer"}).id
            self.user_ids = [
                new_test_user(
                    env,
                    f"scan_racer_{number}",
                    groups="base.group_user,order_management.group_warehouse",
                    context={"no_reset_password": True},
                ).id
                for number in range(2)
            ]
            lamp, phone = env["product.product"].create(
                [
                    {
                        "name": f"Race {tracking}",
                        "default_code": f"RACE-{tracking}",
                        "is_storable": True,
                        "taxes_id": False,
                        "tracking": tracking,
                    }
                    for tracking in ("none", "serial")
                ]
            )
            self.product_ids = [lamp.id, phone.id]
            lot = env["stock.lot"].create({"product_id": phone.id, "name": "RACE-SN"})
            quants = env["stock.quant"]
            quants._update_available_quantity(lamp, warehouse.lot_stock_id, 500)
            quants._update_available_quantity(
                phone, warehouse.lot_stock_id, 1, lot_id=lot
            )

    def _clean_up(self):
        with self._env() as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            cr.execute(
                "DELETE FROM stock_scan_log WHERE user_id = ANY(%s)", [self.user_ids]
            )
            self._drop_orders(env, orders)
            for table in ("stock_quant", "stock_lot"):
                cr.execute(
                    f"DELETE FROM {table} WHERE product_id = ANY(%s)",
                    [self.product_ids],
                )
            env.invalidate_all()
            products = env["product.product"].browse(self.product_ids)
            products.product_tmpl_id.unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id.browse([self.partner_id]) + users.partner_id
            users.unlink()
            partners.unlink()

    def _create_delivery(self, product_id, quantity):
        with self._env() as env:
            order = env["sale.order"].create(
                {
                    "partner_id": self.partner_id,
                    "order_line": [
                        Command.create(
                            {"product_id": product_id, "product_uom_qty": quantity}
                        )
                    ],
                }
            )
            order.action_confirm()
            order.picking_ids.action_assign()
            return order.picking_ids.id

    def _scanning(self, picking_id, code, key, kinds):
        def work(env):
            answer = env["stock.picking"].browse(picking_id).scan_code(code, key)
            env.flush_all()
            kinds.append((key, answer["kind"]))

        return work

    def _count(self, picking_id):
        with self._env() as env:
            moves = env["stock.picking"].browse(picking_id).move_ids
            counts = env["stock.scan.count"]._get_counts(moves)
            return sum(counts[move.id][False] for move in moves)

    def _last_kinds(self, kinds):
        # of a request that was repeated, the last answer is the one people see
        return sorted(dict(kinds).values())

    def test_last_unit(self):
        """Two people scan the last unit at once: one is told that it is enough."""
        for seed in get_seeds():
            picking_id = self._create_delivery(self.product_ids[0], 1)
            kinds = []
            self._race(
                self._scanning(picking_id, "RACE-none", f"race-last-{seed}-1", kinds),
                self._scanning(picking_id, "RACE-none", f"race-last-{seed}-2", kinds),
                seed=seed,
                users=self.user_ids,
            )
            self.assertEqual(self._last_kinds(kinds), ["ok", "too_many"], seed)
            self.assertEqual(self._count(picking_id), 1, seed)

    def test_many_units(self):
        """Where there is room for both, both count."""
        for seed in get_seeds():
            picking_id = self._create_delivery(self.product_ids[0], 2)
            kinds = []
            self._race(
                self._scanning(picking_id, "RACE-none", f"race-many-{seed}-1", kinds),
                self._scanning(picking_id, "RACE-none", f"race-many-{seed}-2", kinds),
                seed=seed,
                users=self.user_ids,
            )
            self.assertEqual(self._last_kinds(kinds), ["ok", "ok"], seed)
            self.assertEqual(self._count(picking_id), 2, seed)

    def test_same_key(self):
        """The same scan sent twice at once counts once, and both hear that it did."""
        for seed in get_seeds():
            picking_id = self._create_delivery(self.product_ids[0], 5)
            kinds, key = [], f"race-same-{seed}"
            work = self._scanning(picking_id, "RACE-none", key, kinds)
            errors = self._race(work, work, seed=seed, users=self.user_ids[:1] * 2)
            self.assertEqual(errors, [None, None])
            self.assertEqual({kind for _key, kind in kinds}, {"ok"})
            self.assertEqual(self._count(picking_id), 1, seed)

    def test_same_refusal(self):
        """So does a refusal: one line in the log."""
        for seed in get_seeds():
            picking_id = self._create_delivery(self.product_ids[0], 1)
            kinds, key = [], f"race-wrong-{seed}"
            work = self._scanning(picking_id, "RACE-NO-SUCH", key, kinds)
            errors = self._race(work, work, seed=seed, users=self.user_ids[:1] * 2)
            self.assertEqual(errors, [None, None])
            with self._env() as env:
                logs = env["stock.scan.log"].search([("key", "=", key)])
                self.assertEqual(logs.mapped("kind"), ["unknown"])

    def test_serial_into_two_parcels(self):
        """One serial number, two parcels at once: it is in one of them."""
        phone_id = self.product_ids[1]
        for seed in get_seeds():
            first = self._create_delivery(phone_id, 1)
            second = self._create_delivery(phone_id, 1)
            kinds = []
            self._race(
                self._scanning(first, "RACE-SN", f"race-sn-{seed}-1", kinds),
                self._scanning(second, "RACE-SN", f"race-sn-{seed}-2", kinds),
                seed=seed,
                users=self.user_ids,
            )
            self.assertEqual(self._last_kinds(kinds), ["ok", "serial_again"], seed)
            self.assertEqual(self._count(first) + self._count(second), 1, seed)
            with self._env() as env:
                pickings = env["stock.picking"].browse([first, second])
                pickings.sale_id._action_cancel()

    def test_undo_twice(self):
        """Two windows of one person take back the same scan: it is taken back once."""
        for seed in get_seeds():
            picking_id = self._create_delivery(self.product_ids[0], 5)
            self._race(
                self._scanning(picking_id, "RACE-none", f"race-undo-{seed}", []),
                users=self.user_ids[:1],
            )

            def undo(env, key, picking_id=picking_id):
                env["stock.picking"].browse(picking_id).scan_undo(key)
                env.flush_all()

            errors = self._race(
                lambda env, s=seed, u=undo: u(env, f"race-undo-{s}-1"),
                lambda env, s=seed, u=undo: u(env, f"race-undo-{s}-2"),
                seed=seed,
                users=self.user_ids[:1] * 2,
            )
            self.assertEqual(len([error for error in errors if error]), 1, seed)
            self.assertEqual(self._count(picking_id), 0, seed)
