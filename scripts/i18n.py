"""Translations of the addons: export the template, merge it into vi and zh_CN, check.

``./scripts/i18n-update`` runs this for a person; ./test uses `export` and `check`.
"""

import sys
from pathlib import Path

import i18n_borrowed
import polib
import suitelib
from suitelib import ADDONS_DIR, PREFIX, SuiteError

LANGUAGES = ("vi", "zh_CN")
#: lines of a .pot that say when it was made: they would differ at each export
_VOLATILE = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
)
#: what `odoo i18n export` does, for several addons in one process
_EXPORT = """
from odoo.tools.translate import trans_export
for addon, path in {}.items():
    with open(path, "wb") as target:
        assert trans_export(None, [addon], target, "po", env), addon
"""


def export(database, addons):
    """Export the texts of addons from a database that has them.

    :return: {addon: path of its .pot}
    """
    folder = PREFIX / "i18n"
    folder.mkdir(exist_ok=True)
    targets = {addon: str(folder / f"{addon}.pot") for addon in addons}
    for path in targets.values():
        Path(path).unlink(missing_ok=True)
    code, log = suitelib.run_odoo(
        ["shell", "-d", database, "--no-http"], "i18n", script=_EXPORT.format(targets)
    )
    if code or not all(Path(path).exists() for path in targets.values()):
        raise SuiteError(f"exporting the texts failed:\n{log[-1500:]}")
    return targets


def entries(path):
    """{(context, text): entry} of a .po or .pot that are in use."""
    return {
        (entry.msgctxt, entry.msgid): entry
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def check(addon, pot):
    """What is wrong with the committed translations of ``addon``, as sentences."""
    wanted = set(entries(pot))
    folder = ADDONS_DIR / addon / "i18n"
    problems = []
    committed = folder / f"{addon}.pot"
    if not committed.exists() or set(entries(committed)) != wanted:
        problems.append(f"{addon}.pot is not up to date: run ./scripts/i18n-update")
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        known = entries(path) if path.exists() else {}
        missing = [key for key in wanted if not is_translated(known.get(key))]
        if missing:
            shown = "; ".join(repr(text) for _context, text in sorted(missing)[:5])
            problems.append(
                f"{addon}: {len(missing)} texts lack {language}, such as {shown}"
            )
    return problems


def is_translated(entry):
    return bool(entry and entry.msgstr and "fuzzy" not in entry.flags)


def merge(addon, pot):
    """Write the .pot and merge it into each language; {language: missing texts}."""
    folder = ADDONS_DIR / addon / "i18n"
    folder.mkdir(exist_ok=True)
    template = polib.pofile(str(pot))
    for key in _VOLATILE:
        template.metadata.pop(key, None)
    template.save(str(folder / f"{addon}.pot"))
    missing = {}
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        po = polib.pofile(str(path)) if path.exists() else polib.POFile()
        po.metadata = {**template.metadata, "Language": language}
        po.merge(template)
        for entry in po.obsolete_entries():
            po.remove(entry)
        po.save(str(path))
        missing[language] = [entry.msgid for entry in po if not is_translated(entry)]
    return missing


def main():
    folder = PREFIX / "i18n"
    for addon in sys.argv[1:]:
        missing = merge(addon, folder / f"{addon}.pot")
        for language, texts in missing.items():
            print(f"{addon} {language}: {len(texts)} texts to translate")
        borrowed = i18n_borrowed.carried([addon])
        pots = {module: folder / f"{module}.pot" for module in borrowed}
        for language, texts in i18n_borrowed.merge(addon, pots).items() if pots else ():
            print(f"{addon} {language}: {len(texts)} texts of OCA to translate")


if __name__ == "__main__":
    main()
