# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import TransactionCase, tagged

from . import kept_companies


@tagged("post_install", "-at_install")
class TestKeptCompanies(TransactionCase):
    """The companies that many test classes share, and do not notice."""

    def test_made_once_for_all(self):
        with self.enter_registry_test_mode():
            for _time in range(2):
                kept_companies.make(self.registry, "trial", 2, {})
        kept = self.env.ref("__test__.kept_trial_0") + self.env.ref(
            "__test__.kept_trial_1"
        )
        self.assertFalse(self.env.user.company_ids & kept, "nobody's until taken")
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", kept.ids)]
        )
        self.assertEqual(warehouses.company_id, kept)
        taken = kept_companies.take(self.env, "trial", "One", "Two")
        self.assertEqual(taken, kept)
        self.assertEqual(taken.mapped("name"), ["One", "Two"])
        self.assertEqual(taken.partner_id.mapped("name"), ["One", "Two"])

    def test_new_ones_where_none_are_kept(self):
        newest = self.env["res.company"].search([], order="id desc", limit=1)
        taken = kept_companies.take(self.env, "nobody", "Three")
        self.assertEqual(taken.name, "Three")
        self.assertGreater(taken.id, newest.id)
