# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A private headless Chromium, spoken to over a pipe with the DevTools protocol."""

import contextlib
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PROFILE_PREFIX = "wk-chromium-"
# Chromium makes a socket in it, and a socket's path holds 107 bytes
LONGEST_TEMPORARY = 107 - len(
    "/wk-chromium-12345678/org.chromium.Chromium.123456/SingletonSocket"
)
STALE = 3600  # seconds after which a profile can't belong to a running call
FLAGS = (
    *("--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-quic"),
    *(
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
    ),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--disable-extensions", "--disable-default-apps", "--disable-crash-reporter"),
    *("--disable-breakpad", "--mute-audio", "--hide-scrollbars", "--no-pings"),
    *("--no-proxy-server", "--font-render-hinting=none", "--disable-lcd-text"),
    *("--force-color-profile=srgb", "--remote-debugging-pipe"),
    # what a page may ask for is settled by our own list of hosts
    "--disable-features=HttpsUpgrades,LocalNetworkAccessChecks,MediaRouter,"
    "OptimizationHints,Translate",
)


class BrowserError(Exception):
    """Chromium is missing, died, answered with an error or took too long."""


def find_chromium() -> str:
    """Path of the browser: ``$CHROMIUM`` or the first usual name on PATH.

    :raises BrowserError: there is none
    """
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise BrowserError(
        f"Chromium not found ({wanted or ', '.join(NAMES)}): install the package "
        "chromium or name the program in the variable CHROMIUM"
    )


def _new_profile() -> Path:
    """An empty profile; those of calls that were killed the hard way are removed."""
    folder = tempfile.gettempdir()
    if len(folder) > LONGEST_TEMPORARY:
        folder = "/tmp"
    for path in Path(folder).glob(f"{PROFILE_PREFIX}*"):
        with contextlib.suppress(OSError):
            status = path.stat()
            if status.st_uid == os.getuid() and time.time() - status.st_mtime > STALE:
                shutil.rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=PROFILE_PREFIX, dir=folder))


def _lift_limits() -> None:
    """Undo the soft limits that Odoo sets on its workers and that we inherit.

    Chromium reserves far more address space than it uses and would not start.
    """
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
        hard = resource.getrlimit(limit)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (hard, hard))


class Browser:
    """One Chromium with one page; use as a context manager.

    :param hosts: the only hosts it can reach; nothing else resolves
    :param timeout: seconds that everything together may take
    """

    def __init__(self, hosts: Iterable[str], timeout: float) -> None:
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.handlers: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._hosts = list(hosts)
        self._id = 0
        self._awaited: set[int] = set()
        self._answers: dict[int, dict[str, Any]] = {}
        self._buffer = bytearray()
        self._messages: deque[bytes] = deque()
        self._session: str | None = None
        self._pid = 0

    def __enter__(self) -> "Browser":
        program = find_chromium()
        _lift_limits()
        self._profile = _new_profile()
        try:
            self._start(program)
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = attached["sessionId"]
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _command(self, program: str) -> list[str]:
        rules = ["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in self._hosts)]
        return [
            program,
            *FLAGS,
            f"--user-data-dir={self._profile}",
            f"--host-resolver-rules={', '.join(rules)}",
            "about:blank",
        ]

    def _start(self, program: str) -> None:
        # Ends well above 3 and 4, the numbers at which Chromium expects the pipes
        ends = []
        for end in (*os.pipe(), *os.pipe()):
            ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20))
            os.close(end)
        read_by_child, self._write, self._read, written_by_child = ends
        log = str(self._profile / "chromium.log")
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, read_by_child, 3),
            (os.POSIX_SPAWN_DUP2, written_by_child, 4),
        ]
        self._pid = os.posix_spawn(
            program,
            self._command(program),
            {**os.environ, "TMPDIR": str(self._profile)},
            file_actions=actions,
            setpgroup=0,
            setsigmask=[],
            setsigdef=[signal.SIGTERM, signal.SIGINT, signal.SIGPIPE, signal.SIGHUP],
        )
        os.close(read_by_child)
        os.close(written_by_child)

    def close(self) -> None:
        """Kill the browser with all its processes and remove its profile."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = 0
            os.close(self._read)
            os.close(self._write)
        for _attempt in range(5):
            shutil.rmtree(self._profile, ignore_errors=True)
            if not self._profile.exists():
                break
            time.sleep(0.05)

    # ------------------------------------------------------------ the protocol

    def post(self, method: str, **params: Any) -> int:
        """Send a command and go on; the number under which it is answered."""
        self._id += 1
        message: dict[str, Any] = {"id": self._id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = memoryview(json.dumps(message).encode() + b"\0")
        try:
            while data:
                data = data[os.write(self._write, data) :]
        except BrokenPipeError:
            raise self._died() from None
        return self._id

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events are handled meanwhile.

        :raises BrowserError: the answer is an error, or none comes in time
        """
        number = self.post(method, **params)
        self._awaited.add(number)
        self.wait(lambda: number in self._answers, method)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise BrowserError(f"Chromium: {method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def wait(
        self, condition: Callable[[], bool], what: str, limit: float | None = None
    ) -> bool:
        """Handle messages until ``condition``; False after ``limit`` seconds.

        :raises BrowserError: the call's own time is over
        """
        end = self.deadline
        if limit is not None:
            end = min(end, time.monotonic() + limit)
        while not condition():
            left = end - time.monotonic()
            if left <= 0 and end < self.deadline:
                return False
            if left <= 0:
                raise BrowserError(
                    f"Chromium did not finish within {self.timeout:g} s ({what}): "
                    "print fewer documents at once or raise CHROMIUM_PDF_TIMEOUT"
                )
            self._pump(left)
        return True

    def _pump(self, seconds: float) -> None:
        """Dispatch one message, waiting up to ``seconds`` for it.

        One only: a handler may wait for an answer itself and so get here again.
        """
        if not self._messages:
            self._receive(seconds)
        if not self._messages:
            return
        message = json.loads(self._messages.popleft())
        if "id" not in message:
            handler = self.handlers.get(message["method"])
            if handler:
                handler(message["params"])
        elif message["id"] in self._awaited:
            self._awaited.discard(message["id"])
            self._answers[message["id"]] = message

    def _receive(self, seconds: float) -> None:
        if not select.select([self._read], [], [], seconds)[0]:
            return
        data = os.read(self._read, 1 << 20)
        if not data:
            raise self._died()
        self._buffer += data
        if b"\0" in data:
            *messages, rest = bytes(self._buffer).split(b"\0")
            self._messages.extend(messages)
            self._buffer = bytearray(rest)

    def _died(self) -> BrowserError:
        log = self._profile / "chromium.log"
        said = log.read_text(errors="replace")[-600:] if log.exists() else ""
        return BrowserError(f"Chromium ended unexpectedly. {said}".strip())
