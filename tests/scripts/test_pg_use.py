"""./run --stop never stops PostgreSQL under another ./run or ./test."""

import os
import subprocess
import sys

import pytest

from .. import harness

SCRIPTS = harness.SOURCE / "scripts"
#: what ./test does for as long as it works
HOLD = "import pg_use, sys; lock = pg_use.hold(); print(1, flush=True); input()"


@pytest.fixture
def prefix(tmp_path):
    """A prefix whose PostgreSQL is a file that pg_ctl takes away."""
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "postmaster.pid").write_text("1")
    (tmp_path / "env").write_text('pg_ctl() { rm "$2/postmaster.pid"; }\n')
    # nobody is connected
    (tmp_path / "psql").write_text("#!/bin/sh\necho 0\n")
    (tmp_path / "psql").chmod(0o755)
    return tmp_path


def python(prefix, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=SCRIPTS,
        env={
            **os.environ,
            "SUITE_HOME": str(prefix),
            "PATH": f"{prefix}:{os.environ['PATH']}",
            **options,
        },
    )


def run_stop(prefix, **options):
    process = python(prefix, SCRIPTS / "suite_run.py", "--stop", **options)
    output, _nothing = process.communicate(timeout=60)
    return process.returncode, output


def is_up(prefix):
    return (prefix / "pg" / "postmaster.pid").exists()


@pytest.fixture
def other(prefix):
    """Another command of the prefix at work."""
    process = python(prefix, "-c", HOLD)
    assert process.stdout.readline() == "1\n"
    yield process
    process.kill()
    process.communicate()


def test_nobody_else(prefix):
    assert run_stop(prefix) == (0, "nothing was running\n")
    assert not is_up(prefix)


def test_another_command_works(prefix, other):
    code, output = run_stop(prefix)
    assert code == 0
    assert "PostgreSQL goes on: another ./run or ./test" in output
    assert is_up(prefix)


def test_clean_removes_nothing_under_another(prefix, other):
    code, output = run_stop(prefix, SUITE_CLEAN="1")
    assert code == 1
    assert "End that first; nothing was removed" in output
    assert is_up(prefix)


def test_a_command_that_was_killed_holds_nothing(prefix, other):
    other.kill()
    other.communicate()
    run_stop(prefix)
    assert not is_up(prefix)


@pytest.mark.parametrize("stop_came", [True, False])
def test_the_last_one_stops_what_was_to_be_stopped(prefix, other, stop_came):
    """--stop came while two worked: the first that ends leaves it, the last stops."""
    leave = "import pg_use; pg_use.leave(pg_use.hold(), False)"
    if stop_came:
        run_stop(prefix)
    python(prefix, "-c", leave).communicate(timeout=60)
    assert is_up(prefix)
    other.communicate("\n", timeout=60)
    python(prefix, "-c", leave).communicate(timeout=60)
    assert is_up(prefix) is not stop_came


def test_nothing_waits_for_the_disk_while_tests_run(monkeypatch):
    """And all of it is there at the end, also when they break off."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import pg_use

    said = []
    monkeypatch.setattr(pg_use.suitelib, "psql", said.append)
    monkeypatch.setattr(pg_use.os, "sync", lambda: said.append("sync"))
    with pytest.raises(KeyboardInterrupt):
        with pg_use.fast():
            assert said == [
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET full_page_writes = off",
                "ALTER SYSTEM SET autovacuum = off",
                "SELECT pg_reload_conf()",
            ]
            said.clear()
            raise KeyboardInterrupt
    assert said == [
        "ALTER SYSTEM RESET fsync",
        "ALTER SYSTEM RESET full_page_writes",
        "ALTER SYSTEM RESET autovacuum",
        "SELECT pg_reload_conf()",
        "CHECKPOINT",
        "sync",
    ]
