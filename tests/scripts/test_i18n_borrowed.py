"""Texts of OCA's addons: which are ours to translate, and what is told about them."""

import sys

import polib
import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import i18n_borrowed  # noqa: E402

LABEL = "model:ir.model.fields,field_description:oca.field_thing__{}"
SCRIPT = "code:addons/oca/static/src/thing.js"
PYTHON = "code:addons/oca/models/thing.py"


def po(path, *entries, fuzzy=()):
    """A file with entries of (text, translation, place)."""
    file = polib.POFile()
    for text, said, place in entries:
        kind = "\nodoo-javascript" if place == SCRIPT else ""
        line = "0" if place.startswith("code:") else ""
        file.append(
            polib.POEntry(
                msgid=text,
                msgstr=said,
                comment=f"module: oca{kind}",
                occurrences=[(place, line)],
                flags=["fuzzy"] if text in fuzzy else [],
            )
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))
    return path


@pytest.fixture
def pots(tmp_path, monkeypatch):
    """The addon `ours` carries the texts of `oca`, which has four."""
    monkeypatch.setattr(i18n_borrowed, "CARRIERS", {"ours": ("oca",)})
    monkeypatch.setattr(i18n_borrowed, "ADDONS_DIR", tmp_path / "addons")
    monkeypatch.setattr(i18n_borrowed, "_OCA", tmp_path / "site")
    texts = [
        ("Amount", "", LABEL.format("amount")),
        ("Buyer", "", LABEL.format("buyer")),
        ("Too big", "", SCRIPT),
        ("Not allowed", "", PYTHON),
    ]
    (tmp_path / "addons/ours").mkdir(parents=True)
    po(tmp_path / "site/oca/i18n/oca.pot", *texts)
    return {"oca": po(tmp_path / "oca.pot", *texts)}


def extra(tmp_path, language="vi"):
    return tmp_path / "addons/ours/i18n_extra" / f"{language}.po"


def waiting(pots):
    return i18n_borrowed.merge("ours", pots)["vi"]


def test_records_and_scripts_are_ours_and_python_is_not(pots):
    assert waiting(pots) == ["Amount", "Buyer", "Too big"]
    problems = i18n_borrowed.check("ours", pots)
    assert len(problems) == 2  # one a language
    assert "lacks 3 texts" in problems[0]


def test_what_is_translated_is_kept_and_enough(pots, tmp_path):
    i18n_borrowed.merge("ours", pots)
    for language in ("vi", "zh_CN"):
        file = polib.pofile(str(extra(tmp_path, language)))
        for entry in file:
            entry.msgstr = f"{entry.msgid} {language}"
        file.save()
    assert waiting(pots) == []
    assert i18n_borrowed.check("ours", pots) == []
    said = {entry.msgid: entry.msgstr for entry in polib.pofile(str(extra(tmp_path)))}
    assert said["Amount"] == "Amount vi"


@pytest.mark.parametrize("language_file", ["vi", "vi_VN"])
def test_what_oca_translates_is_oca_s(pots, tmp_path, language_file):
    entry = ("Buyer", "Người mua", "model:ir.model.fields,help:oca.old_place")
    po(tmp_path / f"site/oca/i18n/{language_file}.po", entry)
    assert waiting(pots) == ["Amount", "Too big"]


def test_a_guess_of_oca_s_tool_is_no_translation(pots, tmp_path):
    entry = ("Buyer", "Số tiền", LABEL.format("buyer"))
    po(tmp_path / "site/oca/i18n/vi.po", entry, fuzzy=["Buyer"])
    assert "Buyer" in waiting(pots)


def test_a_text_at_a_place_that_oca_s_template_has_not_is_ours(pots, tmp_path):
    po(tmp_path / "site/oca/i18n/vi.po", ("Buyer", "Người mua", LABEL.format("buyer")))
    place = LABEL.format("second_buyer")
    pots = {"oca": po(tmp_path / "newer.pot", ("Buyer", "", place))}
    i18n_borrowed.merge("ours", pots)
    assert [e.occurrences for e in polib.pofile(str(extra(tmp_path)))] == [
        [(place, "")]
    ]


def test_a_text_that_oca_has_dropped_is_told_and_goes(pots, tmp_path):
    po(extra(tmp_path), ("Gone", "Đã mất", LABEL.format("gone")))
    problems = i18n_borrowed.check("ours", pots)
    assert any("OCA no longer 1 texts, such as 'Gone'" in text for text in problems)
    assert "Gone" not in waiting(pots)
    assert not any("Gone" in text for text in i18n_borrowed.check("ours", pots))


def test_every_addon_of_oca_has_a_carrier():
    assert i18n_borrowed.without_carrier() == []


def test_an_addon_without_carrier_is_told(pots):
    assert "queue_job" in i18n_borrowed.without_carrier()
