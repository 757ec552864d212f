"""First half of ./scripts/i18n-update: export from the database with all addons."""

import sys

import i18n
import suite_test
import suitelib

if __name__ == "__main__":
    suite_test.prepare_all()
    for name in sys.argv[1:] or suitelib.manifests():
        print(i18n.export(suite_test.ALL, name))
