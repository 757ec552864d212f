# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMenus(TransactionCase):
    """Every screen of the shops can be named by its address."""

    def test_every_menu_has_an_address(self):
        menus = self.env["ir.model.data"].search(
            [("module", "=", "stock_sync"), ("model", "=", "ir.ui.menu")]
        )
        actions = [
            menu.action
            for menu in self.env["ir.ui.menu"].browse(menus.mapped("res_id"))
            if menu.action
        ]
        self.assertGreaterEqual(len(actions), 10)
        without = [action.name for action in actions if not action.path]
        self.assertFalse(without)
