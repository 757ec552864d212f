"""The lanes of ./test: what starts when, what runs where, what it cost."""

import subprocess
import sys
import threading

import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import stage_alone  # noqa: E402
import stage_combinations  # noqa: E402
import stage_odoo  # noqa: E402
import stage_times  # noqa: E402
import suite_test  # noqa: E402
import suitelib  # noqa: E402
from schedule import Schedule, Stage  # noqa: E402
from stage_result import Result  # noqa: E402


def stage(name, *needs, **options):
    return Stage(name, None, frozenset(needs), **options)


def drain(schedule, bad=()):
    """The order in which one lane gets the stages."""
    names = []
    while taken := schedule.take():
        names.append(taken.name)
        schedule.end(taken, taken.name not in bad)
    return names


def test_longest_first():
    """What took longest; a stage that is new, and one that long ones wait for."""
    stages = [stage(name) for name in ("quick", "slow", "new", "base")]
    stages.append(stage("needs base", "base"))
    seconds = {"quick": 5, "slow": 70, "base": 3, "needs base": 80}
    order = drain(Schedule(stages, seconds))
    assert order == ["new", "base", "needs base", "slow", "quick"]


def test_nothing_starts_before_what_it_needs():
    """A lane waits until another has ended what the next stage needs."""
    schedule = Schedule([stage("base"), stage("after", "base")], {})
    base = schedule.take()
    taken = []
    lane = threading.Thread(target=lambda: taken.append(schedule.take()))
    lane.start()
    lane.join(0.2)
    assert lane.is_alive() and not taken
    schedule.end(base, True)
    lane.join(10)
    assert [one.name for one in taken] == ["after"]


def test_alone_on_the_machine():
    """Comparing speeds begins when nothing else runs or waits."""
    schedule = Schedule([stage("race", alone=True), stage("work")], {"work": 1})
    work = schedule.take()
    assert work.name == "work"
    assert not schedule._is_ready(stage("race", alone=True))
    schedule.end(work, False)
    assert schedule.take().name == "race"


def test_what_failed_stops_what_needs_it_and_nothing_else():
    stages = [stage("base"), stage("after", "base"), stage("other")]
    schedule = Schedule(stages, {})
    names = drain(schedule, bad={"base"})
    assert sorted(names) == ["after", "base", "other"]
    assert schedule.refuse(stages[1]).problems == ["not run: 'base' failed"]
    assert schedule.refuse(stages[2]) is None


def test_stages_left_out_are_not_waited_for():
    """./test -k makes fewer."""
    assert drain(Schedule([stage("after", "left out")], {})) == ["after"]


def test_a_lane_that_breaks_ends_the_run(monkeypatch):
    """No lane waits without end for what will never come."""

    def broken(_context):
        raise KeyError("a bug in a stage")

    monkeypatch.setattr(suite_test.stage_times, "read", lambda path: {})
    stages = [Stage("base", broken), stage("after", "base")]
    with pytest.raises(KeyError):
        suite_test.run_all(stages, None)


def test_results_of_all_lanes():
    stages = [
        Stage("good", lambda context: Result(passed=context)),
        Stage("bad", lambda context: Result(problems=["broken"])),
        Stage("after bad", lambda context: Result(passed=1), frozenset(["bad"])),
    ]
    results = suite_test.run_all(stages, 7)
    counts = {name: (one.passed, one.failed) for name, one in results.items()}
    assert counts == {"good": (7, 0), "bad": (0, 1), "after bad": (0, 1)}


def test_parts_take_equally_long(monkeypatch):
    """By the seconds of the last run; a class is never cut."""
    monkeypatch.setattr(stage_alone, "MOST_TESTS", 5)
    tests = {"TestA": 2, "TestB": 2, "TestC": 4, "TestNew": 1}
    parts = stage_alone.cut(tests, {"TestA": 100, "TestB": 60, "TestC": 39})
    assert parts == [["TestA"], ["TestB", "TestC", "TestNew"]]
    assert stage_alone.cut({"TestA": 5}, {}) == [["TestA"]]
    assert stage_alone.cut({}, {}) == [[]]


def test_each_test_runs_in_one_part(monkeypatch):
    """The last part is whatever the others leave out, also what nobody counted."""
    monkeypatch.setattr(stage_alone, "MOST_TESTS", 2)
    found = [("TestA", "test_1"), ("TestA", "test_2"), ("TestB", "test_3")]
    monkeypatch.setattr(
        stage_alone, "find_tests", lambda addon, tag="": [] if tag else found
    )
    monkeypatch.setattr(stage_times, "read", lambda path: {})
    seen = []
    monkeypatch.setattr(
        stage_alone, "part", lambda copies, number, *rest: seen.append(rest)
    )
    names = [(one.name, one.needs) for one in stage_alone.alone_stages("hub")]
    after = frozenset(["hub alone, installed"])
    assert names == [
        ("hub alone, installed", frozenset()),
        ("hub alone, part 1 of 2", after),
        ("hub alone, part 2 of 2", after),
    ]
    assert seen == [("/hub:TestA", 2), ("/hub,-/hub:TestA", 1)]


def test_what_meets_others_runs_with_them(monkeypatch):
    """Not alone as well, unless all is to run; there may be nothing but that."""
    found = {"": [("TestA", "test_1"), ("TestB", "test_2")]}
    found["meets_others"] = found[""][:1]
    monkeypatch.setattr(stage_alone, "find_tests", lambda addon, tag="": found[tag])
    monkeypatch.setattr(stage_times, "read", lambda path: {})
    seen = []
    monkeypatch.setattr(stage_alone, "whole", lambda addon, *rest: seen.append(rest))
    list(stage_alone.alone_stages("hub"))
    list(stage_alone.alone_stages("hub", once=True))
    found["meets_others"] = found[""]
    list(stage_alone.alone_stages("hub", once=True))
    assert seen == [
        ({"TestA": 1, "TestB": 1}, ["/hub"], None),
        ({"TestB": 1}, ["/hub", "-/hub:TestA"], None),
        ({}, ["/hub", "-/hub:TestA", "-/hub:TestB"], None),
    ]


def test_a_bridge_starts_from_what_it_is_built_on(monkeypatch):
    """If there is less to install than on what others bring."""
    found = {"hub": [("TestA", "test_1"), ("TestB", "test_2")]}
    known = {"hub": {"depends": ["sale"]}, "crm": {"depends": ["sale"]}}
    known["lots"] = {"depends": ["hub", "expiry"]}
    known["web"] = {"depends": ["hub", "website_sale"]}
    known["both"] = {"depends": ["hub", "web"]}
    known["crm_hub"] = {"depends": ["crm", "hub"], "auto_install": True}
    known["crm_web"] = {"depends": ["crm", "web"]}
    known["mail"] = {"depends": ["crm", "mass_mailing"]}
    monkeypatch.setattr(stage_alone.suitelib, "manifests", lambda: known)
    monkeypatch.setattr(
        stage_alone, "find_tests", lambda addon, tag="": found.get(addon, [])
    )
    monkeypatch.setattr(stage_alone, "MOST_TESTS", 1)
    monkeypatch.setattr(stage_times, "read", lambda path: {})
    needs = {one.name: one.needs for one in stage_alone.all_alone_stages(known)}
    after = frozenset(["hub alone, installed"])
    assert needs == {
        "hub alone, installed": frozenset(),
        "hub alone, part 1 of 2": after,
        "hub alone, part 2 of 2": after,
        "crm alone, empty database": frozenset(),
        "lots alone, on hub": after,
        # the web shop takes longer than the hub, and stands in a template
        "web alone, empty database": frozenset(),
        "both alone, on web": frozenset(["web alone, empty database"]),
        "crm_hub alone, on hub": after,
        # crm_hub comes along by itself, but lacks the web shop
        "crm_web alone, on web": frozenset(["web alone, empty database"]),
        "mail alone, on crm": frozenset(["crm alone, empty database"]),
    }
    names = [one.name for one in stage_alone.all_alone_stages(["lots"])]
    assert names == ["lots alone, empty database"]


def test_what_is_uninstalled_together(monkeypatch):
    """Nothing that needs another; what takes half of the suite along goes alone."""
    known = {
        "hub": {"depends": ["sale"]},
        "crm": {"depends": ["mail"]},
        "shops": {"depends": ["hub"]},
        "tills": {"depends": ["hub", "point_of_sale"]},
        "shops_tills": {"depends": ["tills", "shops"]},
        "crm_hub": {"depends": ["crm", "hub"]},
    }
    monkeypatch.setattr(stage_odoo.suitelib, "manifests", lambda: known)
    groups = stage_odoo.uninstalled_together(known)
    assert groups == [["hub"], ["crm", "shops", "tills"], ["shops_tills", "crm_hub"]]
    assert stage_odoo.uninstalled_together(["tills", "crm_hub"]) == [
        ["tills"],
        ["crm_hub"],
    ]
    alone = [[addon] for addon in known]
    assert stage_odoo.uninstalled_together(known, one_by_one=True) == alone


def test_what_an_uninstallation_left_is_told_of_each(monkeypatch):
    """Not of the first one alone."""
    states = {"hub": "uninstalled", "shops": "to remove", "tills": "uninstalled"}
    rows = {"hub": "", "shops": "", "tills": "ir.ui.view tills.form"}

    def psql(query, _database):
        found = states if "SELECT state" in query else rows
        return next(found[name] for name in found if f"'{name}'" in query)

    monkeypatch.setattr(stage_odoo.suitelib, "psql", psql)
    problems = [stage_odoo.find_remains("x", name) for name in states]
    assert problems == [
        [],
        ["shops is to remove, left behind: "],
        ["tills is uninstalled, left behind: ir.ui.view tills.form"],
    ]


REPORT = """2026-01-01 00:00:00,0 1 DEBUG db odoo.tests.stats: Detailed Tests Report:
\thub.test_it.TestA: 3.50s 30 queries
\thub.test_it.TestA.setUpClass: 2.00s 20 queries
\thub.test_it.TestA.test_one: 1.50s 10 queries
"""


def test_seconds_of_each_test():
    tests = stage_odoo.judge_odoo_log(0, REPORT).tests
    assert tests == [("TestA", "setUpClass", 2.0, 20), ("TestA", "test_one", 1.5, 10)]
    assert stage_times.class_seconds(tests) == {"TestA": 3.5}


def test_table_for_people(tmp_path, monkeypatch):
    monkeypatch.setattr(stage_times, "TABLE", tmp_path / "table.txt")
    result = Result(passed=1)
    result.seconds, result.cpu = 20, 12
    result.tests = [("TestA", "test_one", 1.5, 10), ("TestA", "test_two", 4.0, None)]
    stage_times.write_table({"hub": result})
    text = stage_times.TABLE.read_text()
    assert "20 s      12 s CPU  hub" in text
    assert "5.5 s  hub: TestA\n" in text
    assert text.index("TestA.test_two") < text.index("TestA.test_one (10 queries)")


def test_cpu_of_processes_is_counted():
    suitelib.take_cpu()
    code = "sum(x * x for x in range(3_000_000)); raise SystemExit(3)"
    process = subprocess.Popen([sys.executable, "-c", code])
    assert suitelib.wait_and_count(process) == 3
    assert 0.05 < suitelib.take_cpu() < 20
    assert suitelib.take_cpu() == 0


def test_machine_is_measured():
    text = str(stage_times.Machine())
    assert text.startswith("CPU: ") and "PostgreSQL 0 s" in text


def test_combinations_stay_few():
    """Each addon, pair and bridge, everything at once, and one by one."""
    known = {
        "hub": {"depends": ["sale"]},
        "shops": {"depends": ["hub"]},
        "depots": {"depends": ["hub"]},
        "hub_till": {"depends": ["hub", "till"], "auto_install": True},
    }
    found = stage_combinations.list_installations(known)
    sets = [
        " ".join(*zip(*way, strict=True)) for way, options, _demo in found if options
    ]
    assert sets == ["hub", "hub shops", "hub depots", "hub shops depots"]
    for way, options, _demo in found[: len(sets)]:
        assert (way, ("--skip-auto-install",), False) in found and not options
    assert ((("hub",), ("hub_till",)), (), False) in found
    assert [way for way, _options, demo in found if demo] == [
        (("hub", "shops", "depots", "hub_till"),)
    ]
    orders = [way for way, _options, _demo in found if len(way) == len(known)]
    assert len(set(orders)) == stage_combinations.ORDERS
    for way in orders:
        assert sorted(way) == sorted((name,) for name in known)


class Installations:
    """Stands for PostgreSQL and Odoo: what is installed where."""

    def __init__(self, monkeypatch, ways, broken=None):
        self.databases = {"suite_empty": ()}
        self.installed, self.broken = [], broken
        lib, stage = stage_combinations.suitelib, stage_combinations
        monkeypatch.setattr(lib, "clone_database", self.clone)
        monkeypatch.setattr(lib, "drop_database", self.databases.pop)
        monkeypatch.setattr(lib, "install", self.install)
        monkeypatch.setattr(stage, "is_installed", self.is_installed)
        monkeypatch.setattr(stage.templates, "prepare_empty", lambda: None)
        monkeypatch.setattr(stage, "list_installations", lambda known: ways)
        self.result = stage.stage_combinations(None)

    def clone(self, source, name):
        assert name not in self.databases
        self.databases[name] = self.databases[source]

    def is_installed(self, database, names):
        return set(names) <= set(self.databases[database])

    def install(self, database, names, *_args, **_kwargs):
        self.databases[database] += names
        self.installed.append(self.databases[database])
        if self.databases[database] == self.broken:
            raise suitelib.SuiteError(f"{names[-1]} went wrong")


WAYS = [
    ((("hub",),), (), False),
    ((("hub",), ("shops",)), (), False),
    ((("hub",), ("shops",), ("till",)), (), False),
    ((("shops",), ("hub",), ("till",)), (), False),
]


def test_ways_that_begin_alike_are_one(monkeypatch):
    """Until they part; each ends in a database that has seen nothing else."""
    done = Installations(monkeypatch, WAYS)
    assert done.installed == [
        ("hub",),
        ("hub", "shops"),
        ("hub", "shops", "till"),
        ("shops",),
        ("shops", "hub"),
        ("shops", "hub", "till"),
    ]
    assert (done.result.passed, done.result.failed) == (4, 0)
    assert list(done.databases) == ["suite_empty"]


def test_combination_that_fails_is_named(monkeypatch):
    """With what was there before it; what begins with it is not tried, the others go
    on."""
    done = Installations(monkeypatch, WAYS, broken=("hub", "shops"))
    assert (done.result.passed, done.result.failed) == (2, 2)
    assert done.result.problems[0].startswith("shops went wrong after hub")
    assert done.result.problems[1] == "not tried: hub, shops, till"
    assert list(done.databases) == ["suite_empty"]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("self.start_tour('/odoo', 'x')", True),
        ("self.browser_js('/odoo', 'x')", True),
        ("self.url_open('/odoo')", False),
    ],
)
def test_who_starts_a_browser(tmp_path, monkeypatch, text, starts):
    """Whose scripts and styles are compiled before the tests."""
    (tmp_path / "shops" / "tests").mkdir(parents=True)
    (tmp_path / "shops" / "tests" / "test_x.py").write_text(text)
    monkeypatch.setattr(stage_odoo, "ADDONS_DIR", tmp_path)
    assert stage_odoo.starts_browser("shops") is starts
    (tmp_path / "shops" / "tests" / "test_x.py").write_text(f"class TestX:\n    {text}")
    assert stage_odoo.starts_browser("shops", ["TestX", "TestY"]) is starts
    assert not stage_odoo.starts_browser("shops", ["TestY"])
