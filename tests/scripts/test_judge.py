"""The judge of ./test: what must never pass for green."""

import re
import sys
import types

import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import stage_lint  # noqa: E402
import stage_odoo  # noqa: E402
import stage_pytest  # noqa: E402
import suite_test  # noqa: E402
import suitelib  # noqa: E402

STAMP = "2026-01-01 00:00:00,0 1"
GREEN = (
    f"{STAMP} INFO db odoo.tests.result: 0 failed, 0 error(s) of 8 tests when loading"
)
IGNORED = f"{STAMP} WARNING db odoo.modules: invalid module names, ignored: x"
SKIPPED = f"{STAMP} INFO db odoo.addons.web.tests.t: skipped A.b : no Chrome"


def judge(log, code=0, **kwargs):
    return stage_odoo.judge_odoo_log(code, log, **kwargs)


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
    allowed = [re.compile("as it must be$")]
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
    result = stage_pytest.judge_junit(5, junit, log, context)
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
    result = stage_pytest.judge_junit(0, junit, log, context)
    assert result.passed == 1
    assert any("no browser" in problem for problem in result.problems)


def test_forbidden_words_are_found(tmp_path, monkeypatch):
    """The pattern finds what Odoo 19 silently ignores, and clean code passes."""
    monkeypatch.setattr(stage_lint, "SOURCE", tmp_path)
    (tmp_path / "bad.py").write_text("_sql_constraints = []\n")
    (tmp_path / "bad.xml").write_text("<odoo><tree/></odoo>\n")
    code, output = stage_lint.forbidden_words([tmp_path])
    assert code == 1
    assert "bad.py:1" in output and "bad.xml:1" in output
    (tmp_path / "bad.py").write_text("_name_uniq = 1\n")
    (tmp_path / "bad.xml").write_text("<odoo><list/></odoo>\n")
    assert stage_lint.forbidden_words([tmp_path]) == (0, "")


class Linted:
    """A check of two addons that writes down what it was asked to look at."""

    def __init__(self, tmp_path, monkeypatch):
        self.addons, self.told, self.code = tmp_path / "addons", [], 0
        for name in ("hub", "shops"):
            (self.addons / name).mkdir(parents=True)
            (self.addons / name / "model.py").write_text(name)
        (tmp_path / ".pylintrc").write_text("rules")
        (tmp_path / "other.yml").write_text("text")
        for name, value in (
            ("SOURCE", tmp_path),
            ("ADDONS_DIR", self.addons),
            ("CLEAN", tmp_path / "clean.json"),
            ("run", self.run),
        ):
            monkeypatch.setattr(stage_lint, name, value)
        monkeypatch.setattr(suitelib, "SOURCE", tmp_path)
        folders = [self.addons / name for name in ("hub", "shops")]
        paths = [*folders, tmp_path / "other.yml"]
        check = stage_lint.Check(["look"], paths, reads=(".pylintrc", "absent"))
        checks = {"pylint-odoo": check, "ruff": stage_lint.Check(["x"], folders)}
        monkeypatch.setattr(stage_lint, "lint_checks", lambda addons: (checks, []))

    def run(self, command, env):
        if command[0] == "look":
            self.told.append([path.name for path in command[1:]])
            return self.code, "found"
        assert [path.name for path in command[1:]] == ["hub", "shops"]
        return 0, ""

    def look(self, is_all=False):
        """What was looked at; whether all was clean."""
        context = types.SimpleNamespace(addons=[], all=is_all)
        result = stage_lint.stage_lint(context)
        return self.told.pop(), result.is_green


def test_what_was_clean_is_not_linted_again(tmp_path, monkeypatch):
    """Until the addon, or what decides beside it, has changed; always with --all."""
    linted = Linted(tmp_path, monkeypatch)
    everything = ["hub", "shops", "other.yml"]
    linted.code = 4
    assert linted.look() == (everything, False)
    linted.code = 0
    assert linted.look() == (everything, True)
    assert linted.look() == (["other.yml"], True)
    (linted.addons / "shops" / "model.py").write_text("other")
    linted.code = 4
    assert linted.look() == (["shops", "other.yml"], False)
    linted.code = 0
    assert linted.look() == (["shops", "other.yml"], True)
    assert linted.look(is_all=True) == (everything, True)
    (tmp_path / ".pylintrc").write_text("other rules")
    assert linted.look() == (everything, True)
    (tmp_path / "absent").write_text("of a linter")
    assert linted.look() == (everything, True)
    stage_lint.CLEAN.write_text("torn")
    assert linted.look() == (everything, True)


def test_linters_that_look_at_one_addon(tmp_path):
    """Odoo and other addons are not there for pylint; all that they read is named."""
    checks, _folders = stage_lint.lint_checks(suitelib.manifests())
    kept = {name: check for name, check in checks.items() if check.reads is not None}
    assert sorted(kept) == ["prettier", "pylint-odoo"]
    assert not list((suitelib.PREFIX / "venv-lint").glob("lib/*/site-packages/odoo"))
    for check in kept.values():
        for name in check.reads:
            assert (harness.SOURCE / name).exists(), name
        assert set(check.get_keys()) == set(suitelib.manifests())


ALONE = """
from odoo.tests import tagged
@tagged("post_install", "-at_install")
class TestAlone(X):
    def test_one(self): pass
    def test_two(self): pass
"""
BOTH = """
@tagged("post_install", "-at_install", "meets_others")
class TestBoth(X):
    def test_three(self): pass
"""


ELSEWHERE = """
@tagged("post_install", "-at_install", "meets_others", "covered")
class TestElsewhere(X):
    def test_four(self): pass
"""


@pytest.fixture
def three_addons(tmp_path, monkeypatch):
    """One addon with a class that meets others, one without any, one without tests."""
    monkeypatch.setattr(stage_odoo, "ADDONS_DIR", tmp_path)
    for addon, text in (("owner", ALONE + BOTH), ("bridge", ALONE), ("data", "")):
        (tmp_path / addon / "tests").mkdir(parents=True)
        (tmp_path / addon / "tests" / "test_it.py").write_text(text)
    return ["owner", "bridge", "data"]


@pytest.mark.parametrize(
    ("once", "word", "expected"),
    [
        # each test runs alone: together those that meet others, and bridges
        (True, "", ("meets_others/owner,/bridge", 3)),
        # ./test --all and --fast: everything
        (False, "", ("/owner,/bridge", 5)),
        # ./test -k: whatever the word says, tagged or not
        (False, "three", ("/owner:TestBoth.test_three", 1)),
        (
            False,
            "test_one",
            ("/owner:TestAlone.test_one,/bridge:TestAlone.test_one", 2),
        ),
    ],
)
def test_what_runs_with_every_other_addon(three_addons, once, word, expected):
    values = {"addons": three_addons, "once": once, "word": word, "chosen": False}
    assert stage_odoo.test_tags(types.SimpleNamespace(**values)) == expected


@pytest.mark.parametrize(
    ("once", "chosen", "expected"),
    [
        (True, False, ("meets_others/owner,-covered/owner", 1)),
        (True, True, ("meets_others/owner", 2)),
        (False, False, ("/owner", 4)),
    ],
)
def test_what_another_addon_covers(three_addons, once, chosen, expected):
    """Runs where that addon may not: by choice, and with --all."""
    file = stage_odoo.ADDONS_DIR / "owner" / "tests" / "test_it.py"
    file.write_text(ALONE + BOTH + ELSEWHERE)
    values = {"addons": three_addons[:1], "once": once, "word": "", "chosen": chosen}
    assert stage_odoo.test_tags(types.SimpleNamespace(**values)) == expected


def test_covered_classes_meet_others():
    """They would run alone otherwise, though nobody wants them there."""
    for addon in suitelib.manifests():
        meeting = set(stage_odoo.find_tests(addon, tag=stage_odoo.MEETS_OTHERS))
        assert set(stage_odoo.find_tests(addon, tag=stage_odoo.COVERED)) <= meeting


def test_as_many_seeds_as_asked_for(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["./test", "--all"])
    monkeypatch.setenv("SUITE_SEEDS", "100")
    assert suite_test.Context(suite_test.parse_arguments()).again == {}
    assert suite_test.os.environ["SUITE_SEEDS"] == "100"


@pytest.mark.parametrize(
    ("arguments", "once", "seeds"),
    [([], True, "3"), (["--all"], False, "20"), (["--fast"], False, "3")],
)
def test_less_runs_twice_only_by_default(monkeypatch, arguments, once, seeds):
    monkeypatch.setattr(sys, "argv", ["./test", *arguments])
    monkeypatch.setenv("SUITE_SEEDS", "")
    monkeypatch.delenv("SUITE_SEEDS")
    context = suite_test.Context(suite_test.parse_arguments())
    assert context.once is once
    assert suite_test.os.environ["SUITE_SEEDS"] == seeds
    assert context.again == ({"SUITE_SEEDS": "5"} if "--all" in arguments else {})
    stages = list(suite_test.list_stages(context))
    names = [stage.name for stage in stages]
    assert len(names) == len(set(names))
    for stage in stages:
        assert stage.needs <= set(names)
    for addon in suitelib.manifests():
        alone = any(name.startswith(f"{addon} alone") for name in names)
        assert alone is (arguments != ["--fast"])
    for name in ("every combination of addons", "speeds compared", "tests/chaos"):
        assert (name in names) is (arguments == ["--all"])
    together = [name for name in names if name.startswith("Odoo tests, all addons")]
    assert len(together) == (1 if once else 2)


def test_every_addon_is_tested_together(monkeypatch):
    """Once, however the tests are cut into stages."""
    asked = []
    monkeypatch.setattr(
        stage_odoo, "together_stage", lambda _log, addons: asked.append(addons)
    )
    for once, word in ((True, ""), (False, "x"), (False, "")):
        values = {"addons": suitelib.manifests(), "once": once, "word": word}
        list(stage_odoo.together_stages(types.SimpleNamespace(**values)))
    whole, by_word, *parts = asked
    assert list(whole) == list(by_word) == list(suitelib.manifests())
    assert len(parts) == 2 and parts[0] == ["order_management"]
    assert sorted(parts[0] + parts[1]) == sorted(suitelib.manifests())


def test_new_folders_are_found(tmp_path, monkeypatch):
    """A folder of tests needs no entry anywhere."""
    monkeypatch.setattr(stage_pytest, "SOURCE", tmp_path)
    monkeypatch.setattr(stage_pytest, "ADDONS_DIR", tmp_path / "addons")
    for path in (
        "tests/flat/test_a.py",
        "tests/deep/er/test_b.py",
        "tests/benchmarks/test_c.py",
        "tests/helpers/data.py",
        "addons/new/tests/unit/test_d.py",
        "addons/plain/tests/test_e.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    names = [name for name, _folders in stage_pytest.root_folders()]
    assert names == ["deep", "flat"]
    monkeypatch.setattr(stage_pytest, "SHARING", (("flat", "gone", "deep"), ("gone",)))
    tests = tmp_path / "tests"
    assert stage_pytest.process_folders() == [
        ("flat-deep", [tests / "flat", tests / "deep"])
    ]
    monkeypatch.setattr(stage_pytest, "SHARING", ())
    assert stage_pytest.process_folders() == stage_pytest.root_folders()
    assert [name for name, _folders in stage_pytest.unit_folders(["new", "plain"])] == [
        "new"
    ]


def test_folders_of_slow_tests_are_for_all(tmp_path, monkeypatch):
    """Where each file says so; one test that does not, and the folder is for all."""
    monkeypatch.setattr(stage_pytest, "SOURCE", tmp_path)
    for name, text in (
        ("storm/test_a.py", "import x\n\npytestmark = pytest.mark.chaos\n"),
        ("storm/test_b.py", "pytestmark = pytest.mark.slow\n"),
        ("mixed/test_c.py", "pytestmark = pytest.mark.slow\n"),
        ("mixed/test_d.py", "@pytest.mark.slow\ndef test_x(): pass\n"),
        ("odd/test_e.py", "pytestmark = pytest.mark.slowly\n"),
    ):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).write_text(text)
    assert [name for name, _folders in stage_pytest.process_folders()] == [
        "mixed",
        "odd",
        "storm",
    ]
    assert [name for name, _folders in stage_pytest.process_folders(False)] == [
        "mixed",
        "odd",
    ]


@pytest.mark.parametrize(("is_all", "left_out"), [(False, True), (True, False)])
def test_slow_tests_are_for_all(tmp_path, monkeypatch, is_all, left_out):
    """Whatever their mark; what compares speeds is in a stage of its own."""
    asked = []

    def popen(command, **_kwargs):
        asked.append(command)
        raise suitelib.SuiteError("not started")

    monkeypatch.setattr(stage_pytest.subprocess, "Popen", popen)
    monkeypatch.setattr(stage_pytest, "LOG_DIR", tmp_path)
    context = types.SimpleNamespace(all=is_all, word="")
    with pytest.raises(suitelib.SuiteError):
        stage_pytest.pytest_stage("none", [], "not quiet")(context)
    marks = asked[0][asked[0].index("-m", 3) + 1]
    assert ("not slow and not chaos" in marks) is left_out
    assert "not quiet" in marks


def test_tests_of_every_file_are_found():
    """./test -k and the minimum count stand on this scan."""
    for addon in suitelib.manifests():
        tests = list(stage_odoo.find_tests(addon))
        assert tests, f"{addon} has no test"
        for path in (suitelib.ADDONS_DIR / addon / "tests").glob("test_*.py"):
            init = (path.parent / "__init__.py").read_text(encoding="utf-8")
            assert f"import {path.stem}" in init, f"{path.name} is never imported"
