"""First half of ./scripts/i18n-update: export from the database with all addons."""

import sys

import i18n
import i18n_borrowed
import stage_templates
import suitelib

if __name__ == "__main__":
    stage_templates.prepare_all()
    names = sys.argv[1:] or list(suitelib.manifests())
    names += i18n_borrowed.carried(names)
    print("\n".join(i18n.export(stage_templates.ALL, names).values()))
