import pytest

from .. import harness

LANGUAGES = """
languages = env["res.lang"].with_context(active_test=False).search(
    [("code", "in", ["vi_VN", "zh_CN"])])
env["base.language.install"].create(
    {"lang_ids": [(6, 0, languages.ids)], "overwrite": False}).lang_install()
env.cr.commit()
"""


@pytest.fixture(scope="session")
def speaking():
    """Everything, in Vietnamese and Chinese as well: to be copied."""
    with harness.Database() as database:
        harness.run_odoo_shell(database, LANGUAGES)
        yield database
