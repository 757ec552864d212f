"""The database of this folder: the whole suite, and the apps whose paths it must hold.

Dropshipping, batches and buying to order are there as long as bridges of ours need
them; what is missing comes on top of a copy.
"""

import pytest

from .. import harness

APPS = ("sale_purchase_stock", "stock_dropshipping", "stock_picking_batch")


def install(database, names):
    """Install modules as the button does, those that are not there; each must be
    known."""
    installed = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    names = sorted(set(names) - {name for (name,) in database.sql(installed)})
    if not names:
        return
    harness.run_odoo_shell(
        database,
        f"""
modules = env["ir.module.module"].search([("name", "in", {names!r})])
assert len(modules) == {len(names)}, modules.mapped("name")
modules.button_immediate_install()
""",
    )


@pytest.fixture(scope="session")
def all_paths_database():
    with harness.Database() as copy:
        install(copy, APPS)
        yield copy
