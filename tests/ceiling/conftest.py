"""The database of this folder: the whole suite, and the apps whose paths it must hold.

Dropshipping, batches and buying to order are no dependencies of ours: they come on top
of a copy, so that the addons' own tests keep running without them.
"""

import pytest

from .. import harness

APPS = ("sale_purchase_stock", "stock_dropshipping", "stock_picking_batch")


def install(database, names):
    """Install modules as the button does; each must be known."""
    harness.run_odoo_shell(
        database,
        f"""
modules = env["ir.module.module"].search([("name", "in", {list(names)!r})])
assert len(modules) == {len(names)}, modules.mapped("name")
modules.button_immediate_install()
""",
    )


@pytest.fixture(scope="session")
def all_paths_database():
    with harness.Database() as copy:
        install(copy, APPS)
        yield copy
