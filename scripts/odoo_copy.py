"""`odoo`, for copies of templates: only addons of ours are looked for.

Each installation compares the manifests of all modules there are with the database, one
by one, an update twice: 2.3 s of CPU each time. A copy knows all of them but ours, as
its template is made anew when Odoo or its packages change (`stage_templates`).
"""

import functools
from pathlib import Path
from unittest.mock import patch

import odoo.cli
from odoo.modules import Manifest

from odoo.addons.base.models.ir_module import IrModuleModule

ADDONS = Path(__file__).resolve().parent.parent / "addons"


def list_ours():
    """The manifests of this checkout's addons."""
    found = (Manifest.for_addon(name, display_warning=False) for name in _list_names())
    return [manifest for manifest in found if manifest]


def _list_names():
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def look_for_ours():
    """From now on."""
    odoo_update_list = IrModuleModule.update_list

    @functools.wraps(odoo_update_list)
    def update_list(modules):
        with patch.object(Manifest, "all_addon_manifests", staticmethod(list_ours)):
            return odoo_update_list(modules)

    IrModuleModule.update_list = update_list


if __name__ == "__main__":
    look_for_ours()
    odoo.cli.main()
