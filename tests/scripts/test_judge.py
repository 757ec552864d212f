"""The judge of ./test: what must never pass for green."""

import sys

import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import suite_test  # noqa: E402
import suitelib  # noqa: E402

STAMP = "2026-01-01 00:00:00,0 1"
GREEN = (
    f"{STAMP} INFO db odoo.tests.result: 0 failed, 0 error(s) of 8 tests when loading"
)
IGNORED = f"{STAMP} WARNING db odoo.modules: invalid module names, ignored: x"
SKIPPED = f"{STAMP} INFO db odoo.addons.web.tests.t: skipped A.b : no Chrome"


def judge(log, code=0, **kwargs):
    return suite_test.judge_odoo_log(code, log, **kwargs)


def test_green():
    result = judge(GREEN, minimum=8)
    assert result.is_green
    assert (result.passed, result.failed) == (8, 0)


@pytest.mark.parametrize(
    ("log", "code", "minimum", "word"),
    [
        ("", 0, 1, "no result line"),
        (GREEN.replace("8 tests", "0 tests"), 0, 1, "only 0 tests"),
        (GREEN, 0, 9, "only 8 tests"),
        (
            f"{IGNORED}\n{GREEN}",
            0,
            1,
            "a module name was ignored",
        ),
        (
            f"{SKIPPED}\n{GREEN}",
            0,
            8,
            "no Chrome",
        ),
        (f"{STAMP} WARNING db odoo.addons.x: look\n{GREEN}", 0, 1, "look"),
        (f"{STAMP} ERROR db odoo.addons.x: broken\n{GREEN}", 0, 1, "broken"),
        (GREEN, 1, 1, "exit code 1"),
    ],
)
def test_not_green(log, code, minimum, word):
    result = judge(log, code, minimum=minimum)
    assert not result.is_green
    assert any(word in problem for problem in result.problems)


def test_failures_are_counted_and_named():
    log = (
        f"{STAMP} ERROR db odoo.addons.a.tests.t: FAIL: TestA.test_b\n"
        f"{GREEN.replace('0 failed, 0', '1 failed, 1')}"
    )
    result = judge(log, 1)
    assert (result.passed, result.failed) == (6, 2)
    assert "failed: TestA.test_b" in result.problems


def test_explained_log_lines_are_no_problem(monkeypatch):
    line = f"{STAMP} WARNING db odoo.addons.x: as it must be"
    assert suitelib.log_problems(line) == [line]
    allowed = [suite_test.re.compile("as it must be$")]
    assert suitelib.log_problems(line, allowed) == []


def test_every_explained_line_has_its_reason():
    """A pattern without a comment above it is nobody's to judge."""
    path = harness.SOURCE / "scripts" / "log_allowed.txt"
    previous = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert previous.startswith("#"), f"no reason above: {line}"
        previous = line


def test_junit_without_a_test_is_a_failure(tmp_path):
    junit = tmp_path / "j.xml"
    junit.write_text("<testsuites><testsuite/></testsuites>")
    log = tmp_path / "log"
    log.write_text("")
    context = type("Context", (), {"word": ""})
    result = suite_test.judge_junit(5, junit, log, context)
    assert not result.is_green


def test_junit_skip_is_a_failure(tmp_path):
    junit = tmp_path / "j.xml"
    junit.write_text(
        '<testsuites><testsuite><testcase classname="a" name="b">'
        '<skipped message="no browser"/></testcase>'
        '<testcase classname="a" name="c"/></testsuite></testsuites>'
    )
    log = tmp_path / "log"
    log.write_text("")
    context = type("Context", (), {"word": ""})
    result = suite_test.judge_junit(0, junit, log, context)
    assert result.passed == 1
    assert any("no browser" in problem for problem in result.problems)


def test_forbidden_words_are_found(tmp_path, monkeypatch):
    """The pattern finds what Odoo 19 silently ignores, and clean code passes."""
    monkeypatch.setattr(suite_test, "SOURCE", tmp_path)
    (tmp_path / "bad.py").write_text("_sql_constraints = []\n")
    (tmp_path / "bad.xml").write_text("<odoo><tree/></odoo>\n")
    code, output = suite_test.forbidden_words([tmp_path])
    assert code == 1
    assert "bad.py:1" in output and "bad.xml:1" in output
    (tmp_path / "bad.py").write_text("_name_uniq = 1\n")
    (tmp_path / "bad.xml").write_text("<odoo><list/></odoo>\n")
    assert suite_test.forbidden_words([tmp_path]) == (0, "")


def test_tests_of_every_file_are_found():
    """./test -k and the minimum count stand on this scan."""
    for addon in suitelib.manifests():
        tests = list(suite_test.find_tests(addon))
        assert tests, f"{addon} has no test"
        for path in (suitelib.ADDONS_DIR / addon / "tests").glob("test_*.py"):
            init = (path.parent / "__init__.py").read_text(encoding="utf-8")
            assert f"import {path.stem}" in init, f"{path.name} is never imported"
