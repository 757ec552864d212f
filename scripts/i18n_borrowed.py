"""Texts of the OCA addons that OCA has not translated: our addons carry them.

Odoo reads ``i18n_extra/<language>.po`` of an addon after its ``i18n``, and an entry
there may name a record of any addon. What OCA translates itself is left to OCA: on a
database that has OCA's word already, Odoo keeps it.

Python texts cannot be carried: Odoo looks them up in the addon that says them. Those
that people meet often our addon says anew (`words.py` of crm_plus_helpdesk_mgmt).
"""

import re
import sysconfig
from pathlib import Path

import polib
from suitelib import ADDONS_DIR, SOURCE

#: which addon of ours carries the texts of which of OCA
CARRIERS = {
    "crm_phonecall_crm_plus": ("crm_phonecall",),
    "crm_plus_document_page": ("document_knowledge", "document_page"),
    "crm_plus_helpdesk_mgmt": (
        "helpdesk_mgmt",
        "helpdesk_mgmt_merge",
        "helpdesk_mgmt_rating",
        "helpdesk_mgmt_sla",
    ),
    "distribution": ("web_leaflet_lib",),
    "order_management": ("base_exception", "queue_job", "report_xlsx", "sale_channel"),
}
#: the files that Odoo reads for a language, in its order
FILES = {"vi": ("vi", "vi_VN"), "zh_CN": ("zh", "zh_CN")}
_OCA = Path(sysconfig.get_path("purelib")) / "odoo" / "addons"
_RECORD = re.compile(r"model(?:_terms)?:[\w.]+,\w+:(\w+)\.")


def carried(addons):
    """The OCA addons whose texts ``addons`` carry."""
    return [module for addon in addons for module in CARRIERS.get(addon, ())]


def without_carrier():
    """The OCA addons of requirements-oca.txt whose texts nobody carries."""
    lines = (SOURCE / "requirements-oca.txt").read_text().splitlines()
    names = [re.match(r"odoo-addon-([\w-]+)==", line) for line in lines]
    installed = {name[1].replace("-", "_") for name in names if name}
    return sorted(installed - set(carried(CARRIERS)))


def places(entry):
    """Where Odoo lets another addon translate: records and the pages' scripts."""
    script = "odoo-javascript" in entry.comment
    return {
        place
        for place, _line in entry.occurrences
        if _RECORD.match(place) or (script and place.startswith("code:"))
    }


def texts(po):
    """{(place, text): translation or ""} of a .po or .pot; fuzzy ones are left out."""
    return {
        (place, entry.msgid): entry.msgstr
        for entry in po
        if not entry.obsolete and "fuzzy" not in entry.flags
        for place in places(entry)
    }


def translated_by_oca(module, language):
    """{(place, text)} that OCA translates, as Odoo reads it: places of the .pot."""
    folder = _OCA / module / "i18n"
    pot = folder / f"{module}.pot"
    done = set()
    for name in FILES[language]:
        if (folder / f"{name}.po").exists():
            po = polib.pofile(str(folder / f"{name}.po"))
            if pot.exists():
                po.merge(polib.pofile(str(pot)))
            done |= {key for key, words in texts(po).items() if words}
    return done


def check(addon, pots):
    """What is wrong with the texts ``addon`` carries, as sentences.

    :param pots: {OCA addon: path of its exported .pot}
    """
    problems = []
    wanted = set()
    for module in CARRIERS.get(addon, ()):
        wanted |= set(texts(polib.pofile(str(pots[module]))))
    for language in FILES:
        path = ADDONS_DIR / addon / "i18n_extra" / f"{language}.po"
        carried_texts = texts(polib.pofile(str(path))) if path.exists() else {}
        done = {key for key, words in carried_texts.items() if words}
        for module in CARRIERS.get(addon, ()):
            done |= translated_by_oca(module, language)
        file_name = f"{addon}/i18n_extra/{language}.po"
        problems += _tell(f"{file_name} lacks", wanted - done)
        problems += _tell(
            f"{file_name} has, and OCA no longer", set(carried_texts) - wanted
        )
    return problems


def _tell(what, keys):
    if not keys:
        return []
    shown = "; ".join(f"{text!r} at {place}" for place, text in sorted(keys)[:5])
    return [f"{what} {len(keys)} texts, such as {shown}: run ./scripts/i18n-update"]


def merge(addon, pots):
    """Bring the files of ``addon`` up to what OCA's addons say now.

    :return: {language: texts that wait for a translation}
    """
    waiting = {}
    for language in FILES:
        path = ADDONS_DIR / addon / "i18n_extra" / f"{language}.po"
        known = {}
        if path.exists():
            known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
        po = polib.POFile()
        po.metadata = {
            "Project-Id-Version": "Odoo Server 19.0",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
        }
        for entry in _untranslated(addon, language, pots):
            entry.msgstr = known.get(entry.msgid, "")
            po.append(entry)
        path.parent.mkdir(exist_ok=True)
        po.save(str(path))
        waiting[language] = [entry.msgid for entry in po if not entry.msgstr]
    return waiting


def _untranslated(addon, language, pots):
    """The entries that OCA leaves, one a text, by text."""
    found = {}
    for module in CARRIERS[addon]:
        done = translated_by_oca(module, language)
        for entry in polib.pofile(str(pots[module])):
            left = {p for p in places(entry) if (p, entry.msgid) not in done}
            if left:
                modules, kinds, where = found.setdefault(
                    entry.msgid, (set(), set(), set())
                )
                modules.add(module)
                kinds |= set(re.findall(r"^odoo-javascript$", entry.comment, re.M))
                where |= left
    for text in sorted(found):
        modules, kinds, where = found[text]
        word = "module" if len(modules) == 1 else "modules"
        yield polib.POEntry(
            msgid=text,
            comment="\n".join([f"{word}: {', '.join(sorted(modules))}", *kinds]),
            # Odoo wants a line number of a script and never looks at it
            occurrences=[
                (place, "0" if place.startswith("code:") else "")
                for place in sorted(where)
            ],
        )
