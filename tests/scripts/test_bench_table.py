"""./bench: what it measured goes into the README, and nothing else there changes."""

import json
import subprocess
import sys

import pytest

from .. import harness
from ..benchmarks import __main__ as command
from ..benchmarks.run import Run

SCRIPTS = harness.SOURCE / "scripts"
sys.path.insert(0, str(SCRIPTS))
import bench_table  # noqa: E402

README = f"before\n\n{bench_table.BEGIN}\n{bench_table.END}\n\nafter\n"


def results(date="2026-01-02", **verdicts):
    """What ./bench writes; ``name=(value, limit)``."""
    run = Run(1)
    for name, (value, limit) in verdicts.items():
        run.benchmark = name
        run.judge(f"times | {name}", value, limit, True, "20.0 ms", "2.0 ms")
    order = ["bulk", "off"]
    return {
        "date": date,
        "cores": 2,
        "pairs": 1,
        "order": order,
        "verdicts": run.verdicts,
    }


def rows(text):
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_a_table_with_the_date():
    text = bench_table.fill(README, results(bulk=(7.5, 4.5), off=(0.9, 1.1)))
    assert rows(text) == [
        "| `bulk`: times / bulk | 20.0 ms | 2.0 ms | 7.50 | ≥ 4.5 | yes | 2026-01-02 |",
        "| `off`: times / off | 20.0 ms | 2.0 ms | 0.90 | ≥ 1.1 | **no** |"
        " 2026-01-02 |",
    ]
    assert text.startswith("before\n") and text.endswith("\nafter\n")


def test_again_the_same():
    once = bench_table.fill(README, results(bulk=(7.5, 4.5)))
    assert bench_table.fill(once, results(bulk=(7.5, 4.5))) == once


def test_what_was_not_run_stays():
    text = bench_table.fill(README, results(off=(2, 1), bulk=(7.5, 4.5)))
    text = bench_table.fill(text, results("2026-03-04", bulk=(5, 4.5)))
    first, second = rows(text)
    assert "5.00" in first and first.endswith("2026-03-04 |")
    assert second.startswith("| `off`") and second.endswith("2026-01-02 |")


def test_no_place_for_it(tmp_path):
    readme, found = tmp_path / "README.md", tmp_path / "bench.json"
    readme.write_text("nothing here\n")
    found.write_text(json.dumps(results(bulk=(7.5, 4.5))))
    done = subprocess.run(
        [sys.executable, SCRIPTS / "bench_table.py", found, readme],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the table was not written" in done.stderr
    assert "Traceback" not in done.stderr
    assert readme.read_text() == "nothing here\n"


def test_the_readme_has_a_place():
    text = (harness.SOURCE / "README.md").read_text(encoding="utf-8")
    assert rows(bench_table.fill(text, results(bulk=(7.5, 4.5))))


def test_which_benchmarks():
    parse = command.parse_arguments
    assert list(command.choose(parse([]))) == list(command.BENCHMARKS)
    assert list(command.choose(parse(["--big"])))[-len(command.BIG) :] == list(
        command.BIG
    )
    chosen = command.choose(parse(["off", "--only", "bulk"]))
    assert list(chosen) == ["off", "bulk"]
    assert all(function.__doc__ for function in command.BIG.values())


@pytest.mark.parametrize("arguments", [["nonsense"], ["--pairs", "0"], ["--only"]])
def test_called_wrongly(arguments, capsys):
    with pytest.raises(SystemExit):
        command.parse_arguments(arguments)
    assert "./bench: error" in capsys.readouterr().err


def test_a_broken_promise_fails():
    run = Run(1)
    run.judge("at most", 1.06, 1.05)
    run.judge("at least", 4.4, 4.5, at_least=True)
    run.judge("kept", 1.05, 1.05)
    assert run.failed == 2
