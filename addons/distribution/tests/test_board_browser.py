# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .secondary_common import SecondaryCommon

_OPEN_TILE = """
document.querySelector("[data-tile=sell_in]").click();
const wait = setInterval(() => {
    if (document.querySelector(".o_pivot_view")) {
        clearInterval(wait);
        console.log("test successful");
    }
}, 100);
"""


@tagged("post_install", "-at_install", "meets_others")
class TestBoardInBrowser(SecondaryCommon, HttpCase):
    """DS-13: the dashboard in a real browser."""

    def test_tile_opens_its_list(self):
        self._post("sell_in", 10, value=100)
        self.env.flush_all()
        self.browser_js(
            "/odoo/distribution-dashboard",
            _OPEN_TILE,
            "Boolean(document.querySelector('[data-rank=member_id] .o_board_row'))",
            login=self.manager.login,
            timeout=120,
        )


@tagged("post_install", "-at_install", "meets_others", "covered")
class TestBoardUnitsInBrowser(HttpCase):
    """Order Hub's test runs them with its own, where all addons are tested."""

    def test_units(self):
        """The Hoot tests of this addon."""
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=%2F%5E%40distribution%2F",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
