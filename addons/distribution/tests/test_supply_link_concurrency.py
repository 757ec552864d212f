# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.order_management.tests.race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestSupplyLinkConcurrency(RaceCase):
    """DS-1: two sessions never make links together that neither could make alone."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            members = env["distribution.member"].create(
                [
                    {
                        "name": f"Race {kind}",
                        "level_id": env.ref(f"distribution.level_{kind}").id,
                        "company_id": env.ref("base.main_company").id,
                    }
                    for kind in ("distributor", "sub_distributor", "outlet")
                ]
            )
            self.member_ids = members.ids
            self.partner_ids = members.partner_id.ids
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            for table, column, ids in (
                ("distribution_supply_link", "buyer_id", self.member_ids),
                ("distribution_member", "id", self.member_ids),
                ("res_partner", "id", self.partner_ids),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [ids])

    def test_one_supplier_wins(self):
        first, second, outlet = self.member_ids
        for seed in get_seeds():
            results = self._race(
                *(
                    lambda env, supplier=supplier: env[
                        "distribution.supply.link"
                    ].create({"buyer_id": outlet, "supplier_id": supplier})
                    for supplier in (first, second)
                ),
                seed=seed,
            )
            refused = [error for error in results if error]
            self.assertEqual(len(refused), 1, results)
            self.assertIn("already buys", str(refused[0]))
            with self._env() as env:
                links = env["distribution.supply.link"].search(
                    [("buyer_id", "=", outlet)]
                )
                self.assertEqual(len(links), 1)
                links.unlink()
