"""Copies of databases live in memory while ./test runs, and nothing of them stays."""

import os
import subprocess
import sys

import pytest

from .. import harness

SCRIPTS = harness.SOURCE / "scripts"
POSTGRES = harness.Database.existing("postgres")
SPACE = "SELECT spcname FROM pg_tablespace WHERE spcname = %s"
WHERE = """SELECT spcname FROM pg_database d JOIN pg_tablespace t
             ON t.oid = d.dattablespace WHERE datname = %s"""


@pytest.fixture
def pg_memory(monkeypatch):
    monkeypatch.setenv("SUITE_HOME", str(harness.PREFIX))
    monkeypatch.delenv("SUITE_TABLESPACE", raising=False)
    monkeypatch.delenv("SUITE_KEEP", raising=False)
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import pg_memory

    monkeypatch.setattr(pg_memory, "has_room", lambda: True)
    return pg_memory


def test_copies_live_there_and_go(pg_memory):
    name = f"t_memory_{os.getpid()}"
    with pytest.raises(KeyboardInterrupt):
        with pg_memory.tablespace():
            space = os.environ["SUITE_TABLESPACE"]
            [(_name, folder)] = [
                row for row in pg_memory._tablespaces() if row[0] == space
            ]
            pg_memory.suitelib.clone_database("template0", name)
            pg_memory.suitelib.clone_database("template0", f"{name}_kept", to_keep=True)
            assert POSTGRES.sql(WHERE, [name]) == [(space,)]
            assert POSTGRES.sql(WHERE, [f"{name}_kept"]) == [("pg_default",)]
            assert os.listdir(folder)
            raise KeyboardInterrupt
    pg_memory.suitelib.drop_database(f"{name}_kept")
    assert not POSTGRES.sql(WHERE, [name])
    assert not POSTGRES.sql(SPACE, [space])
    assert not os.path.exists(folder)
    assert "SUITE_TABLESPACE" not in os.environ


def test_what_a_killed_run_left_is_removed(pg_memory):
    code = (
        "import os, pg_memory as m\n"
        "m.has_room = lambda: True\n"
        "context = m.tablespace()\ncontext.__enter__()\n"
        "m.suitelib.clone_database('template0', f't_memory_{os.getpid()}')\n"
        "print(os.environ['SUITE_TABLESPACE'], flush=True)\nos._exit(9)\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", code],
        cwd=SCRIPTS,
        env={key: value for key, value in os.environ.items() if key != "SUITE_KEEP"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    space = output.strip()
    assert POSTGRES.sql(SPACE, [space]) == [(space,)]
    pg_memory.remove_leftovers()
    assert not POSTGRES.sql(SPACE, [space])


def test_memory_is_freed_with_the_prefix(pg_memory, monkeypatch, tmp_path):
    """Folders of its own, wherever other tablespaces are."""
    links = tmp_path / "pg" / "pg_tblspc"
    links.mkdir(parents=True)
    memory = tmp_path / "memory"
    for number, name in enumerate(("memory/suite-a", "memory/other", "suite-b")):
        (tmp_path / name).mkdir(parents=True)
        (links / str(number)).symlink_to(tmp_path / name)
    monkeypatch.setattr(pg_memory, "MEMORY", memory)
    monkeypatch.setattr(pg_memory.suitelib, "PREFIX", tmp_path)
    pg_memory.free_folders()
    assert [path.name for path in memory.iterdir()] == ["other"]
    assert (tmp_path / "suite-b").exists()


@pytest.mark.parametrize("why", ["no room", "kept"])
def test_on_the_disk_as_ever(pg_memory, monkeypatch, why):
    if why == "kept":
        monkeypatch.setenv("SUITE_KEEP", "1")
    else:
        monkeypatch.setattr(pg_memory, "has_room", lambda: False)
    with pg_memory.tablespace():
        assert "SUITE_TABLESPACE" not in os.environ


def test_room_is_looked_for(pg_memory, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(pg_memory, "_free_bytes", lambda: pg_memory.FREE - 1)
    assert not pg_memory.has_room()
    monkeypatch.setattr(pg_memory, "MEMORY", "/nonexistent")
    monkeypatch.setattr(pg_memory, "_free_bytes", lambda: pg_memory.FREE)
    assert not pg_memory.has_room()
