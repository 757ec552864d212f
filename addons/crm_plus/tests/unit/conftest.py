# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The packages of the addon that know no Odoo are tested alone, without it."""

import sys
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ADDON))


class PlainFolders:
    """Lets pytest walk through the addon without importing its packages.

    Their ``__init__.py`` would import Odoo, which these tests do without.
    """

    @staticmethod
    def pytest_collect_directory(path, parent):
        if path in (ADDON, ADDON / "tests"):
            return pytest.Dir.from_parent(parent, path=path)
        return None


def pytest_configure(config):
    # a plugin of its own: hooks of this file do not count for the folders above it
    config.pluginmanager.register(PlainFolders(), f"plain-folders-{ADDON.name}")
