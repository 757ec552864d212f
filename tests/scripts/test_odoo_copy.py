"""What Odoo looks for where only addons of ours may be new."""

import json
import subprocess
import sys

from .. import harness

SCRIPTS = harness.SOURCE / "scripts"
CODE = """
import json
from odoo.addons.base.models.ir_module import IrModuleModule
from odoo.modules import Manifest
from odoo.tools import config
import odoo_copy

config.parse_config([f"--addons-path={odoo_copy.ADDONS}"], setup_logging=False)
IrModuleModule.update_list = lambda modules: [
    manifest.name for manifest in Manifest.all_addon_manifests()]
odoo_copy.look_for_ours()
print(json.dumps([
    IrModuleModule.update_list(None),
    len(Manifest.all_addon_manifests()),
]))
"""


def test_only_ours_are_compared_with_the_database():
    """Every addon of the checkout, and nothing of Odoo's; elsewhere all of them."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=SCRIPTS,
        capture_output=True,
        text=True,
        check=True,
    )
    compared, known = json.loads(done.stdout)
    addons = (harness.SOURCE / "addons").glob("*/__manifest__.py")
    assert compared == sorted(path.parent.name for path in addons)
    assert known > len(compared) + 300
