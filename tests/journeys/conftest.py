import pytest

from .. import harness
from . import browser

ADDONS = [
    path.parent.name for path in (harness.SOURCE / "addons").glob("*/__manifest__.py")
]
#: of ours, what they are built on, and what surrounds their screens: the texts of all
#: modules are twice as many
LANGUAGES = f"""
codes = ["vi_VN", "zh_CN"]
languages = env["res.lang"].with_context(active_test=False).search(
    [("code", "in", codes)])
languages.active = True
known = env["ir.module.module"].search([("state", "=", "installed")])
ours = known.filtered(lambda module: module.name in {ADDONS!r})
around = known.filtered(lambda module: module.name in ("web", "mail", "stock"))
shown = ours | ours.dependencies_id.depend_id | around
shown._update_translations(codes)
env.cr.commit()
"""


@pytest.fixture(scope="session", autouse=True)
def one_browser():
    """It is started once for all journeys; each module has windows of its own."""
    with browser.shared():
        yield


@pytest.fixture(scope="session")
def speaking():
    """Everything, in Vietnamese and Chinese as well: to be copied."""
    with harness.Database() as database:
        harness.run_odoo_shell(database, LANGUAGES)
        yield database
