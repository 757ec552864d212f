# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestMenus(HttpCase):
    """Every page of the hub has an address of its own that leads back to its menu."""

    def _get_menus(self):
        menus = self.env["ir.ui.menu"].load_web_menus(False)
        app = self.env.ref("order_management.order_management_menu").id
        return [
            menu
            for menu in menus.values()
            if menu["appID"] == app
            and menu["actionID"]
            and menu["xmlid"].startswith("order_management.")
        ]

    def test_addresses(self):
        """The web client finds the menu bar of a bookmark by the menu's action."""
        menus = self._get_menus()
        self.assertGreater(len(menus), 20)
        without = [
            menu["xmlid"]
            for menu in menus
            if not menu["actionPath"]
            # dialogs open over another page
            and self.env[menu["actionModel"]].browse(menu["actionID"])["target"]
            != "new"
        ]
        self.assertFalse(without)
        paths = {menu["xmlid"]: menu["actionPath"] for menu in menus}
        for name, path in (
            ("order_variance_report_menu", "order-variance"),
            ("order_merge_group_menu", "hub-merges"),
        ):
            self.assertEqual(paths[f"order_management.{name}"], path)

    def test_opened_by_address(self):
        """A bookmark runs what the menu runs: the figures are those of now."""
        user = new_test_user(
            self.env, "bookmarks", groups="order_management.group_clerk"
        )
        self.authenticate(user.login, user.login)
        for path, model in (
            ("order-variance", "order.variance.report"),
            ("hub-merges", "order.merge.group"),
        ):
            action = self._call("/web/action/load", action_id=path)
            self.assertEqual(action["type"], "ir.actions.server")
            opened = self._call("/web/action/run", action_id=action["id"])
            self.assertEqual(opened["res_model"], model)

    def test_empty_lists_of_parcels(self):
        """Each says what it is for; stock's own hint would stand in all of them."""
        for name, words in (
            ("shipment_action", "No parcels under way"),
            ("shipment_unscanned_action", "Every parcel was seen"),
            ("shipment_late_action", "Nothing is late"),
            ("stock_picking_cod_action", "handed over everything"),
        ):
            (action,) = self.env.ref(f"order_management.{name}").read()
            self.assertIn(words, action["help"])
        (action,) = self.env.ref("stock.action_picking_tree_all").read()
        self.assertIn("No transfer found", action["help"])

    def test_administrator_works_in_the_warehouse(self):
        """Who has just installed the hub may scan, and is asked for no role first."""
        admin = self.env.ref("base.user_admin")
        self.env["stock.picking"].with_user(admin)._check_scanner()

    def _call(self, url, **params):
        answer = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertNotIn("error", answer)
        return answer["result"]
