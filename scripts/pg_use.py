"""Who works with the prefix's PostgreSQL, so that nobody stops it under another.

Every ``./run`` and ``./test`` holds a shared lock of the prefix while it works; who can
have it for itself is the last. Python closes it in the processes it starts, and the
system when a process dies.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from pathlib import Path

import suitelib

PREFIX = Path(os.environ["SUITE_HOME"])
LOCK = PREFIX / "pg-use.lock"
#: ``--stop`` came while others worked: the last of them stops PostgreSQL
LAST_STOPS = PREFIX / "pg-last-stops"
_CLIENTS = """SELECT count(*) FROM pg_stat_activity
              WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""


def hold():
    """Say that this process works with PostgreSQL, until the file is closed."""
    lock = LOCK.open("a")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def is_held():
    """Whether a ./run or ./test works with it."""
    with LOCK.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def leave(lock, is_owner):
    """The end of `hold`: stop PostgreSQL if this command has started it, or ``--stop``
    came meanwhile, and nobody else works with it by now."""
    lock.close()
    if (is_owner or LAST_STOPS.exists()) and not is_held() and not _has_clients():
        stop()


#: how PostgreSQL works while ./test runs: nothing of it outlives a power cut anyway
_FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


def be_safe():
    """Let every commit and every dropped database wait for the disk, as it should be:
    the end of `fast`, and of one that was killed."""
    for name in _FAST:
        suitelib.psql(f"ALTER SYSTEM RESET {name}")
    suitelib.psql("SELECT pg_reload_conf()")


@contextlib.contextmanager
def fast():
    """Nothing waits for the disk meanwhile, and all of it is there at the end.

    Tests drop a database every few seconds, and each of them waits until everything
    that other lanes have written is on the disk. What is committed outlives the death
    of processes all the same; it would not outlive a power cut.
    """
    for name, value in _FAST.items():
        suitelib.psql(f"ALTER SYSTEM SET {name} = {value}")
    suitelib.psql("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with contextlib.suppress(suitelib.SuiteError):
            be_safe()
            suitelib.psql("CHECKPOINT")
            os.sync()


def _has_clients():
    """Whether a shell or the like is connected; what we have just ended may take a
    moment to hang up."""
    with contextlib.suppress(suitelib.SuiteError):
        for _attempt in range(50):
            if suitelib.psql(_CLIENTS) == "0":
                return False
            time.sleep(0.1)
        return True
    return False


def stop():
    """Stop the PostgreSQL of this prefix."""
    LAST_STOPS.unlink(missing_ok=True)
    if (PREFIX / "pg" / "postmaster.pid").exists():
        subprocess.run(
            ["bash", "-c", '. "$0/env" && pg_ctl -D "$0/pg" -m fast -w stop', PREFIX],
            stdout=subprocess.DEVNULL,
            cwd=PREFIX,
            check=False,
        )


def stop_unless_held():
    """For ``--stop``: whether PostgreSQL is stopped now."""
    if is_held():
        LAST_STOPS.touch()
        return False
    stop()
    return True
