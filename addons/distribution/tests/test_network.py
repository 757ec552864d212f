# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DistributionCommon


@tagged("post_install", "-at_install")
class TestNetwork(DistributionCommon):
    def test_actions_have_an_address_and_words(self):
        """What a menu opens can be linked to, and tells what to do while empty."""
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", self.env.ref("distribution.distribution_menu").id)]
        )
        # a dialog has no address of its own
        actions = [
            menu.action
            for menu in menus
            if menu.action and getattr(menu.action, "target", "") != "new"
        ]
        self.assertGreater(len(actions), 30)
        for action in actions:
            self.assertTrue(action.path, action.name)
            if action.type == "ir.actions.act_window" and "list" in action.view_mode:
                self.assertIn("o_view_nocontent", action.help or "", action.name)

    def test_lists_have_cards_for_phones(self):
        """Odoo opens an action's cards on a phone; configuration is done at a desk."""
        root = self.env.ref("distribution.distribution_menu")
        config = self.env.ref("distribution.distribution_menu_config")
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", root.id), "!", ("id", "child_of", config.id)]
        )
        modes = {
            menu.name: menu.action.view_mode.split(",")
            for menu in menus
            if menu.action and menu.action.type == "ir.actions.act_window"
        }
        # what is only a list is edited in its rows
        lists = {
            name: mode for name, mode in modes.items() if mode[0] == "list" and mode[1:]
        }
        self.assertGreater(len(lists), 20)
        for name, mode in lists.items():
            self.assertIn("kanban", mode, name)

    def test_main_supplier(self):
        self.assertEqual(self.outlet.supplier_id, self.dealer)
        self.assertEqual(self.dealer.supplier_id, self.distributor)
        self.assertFalse(self.distributor.supplier_id)

    def test_territory_circle(self):
        with self.assertRaises(UserError):
            self.region.parent_id = self.area

    def test_partner_once(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.dealer.copy({"partner_id": self.dealer.partner_id.id})
