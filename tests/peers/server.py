"""A shop's server process: started, killed, started again."""

import contextlib
import os
import signal
import subprocess

import requests

from .. import harness
from . import npm

EXAMPLES = harness.SOURCE / "examples" / "shop_webhooks"


class ShopServer:
    """A Node server on a free port of loopback.

    Its webhooks go to the address in ``hooks`` (an `Inbox` of ``webhooks``).
    """

    health = "/health"
    start_timeout = 120

    def __init__(self, folder, hooks):
        self.folder = folder
        self.port = harness.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / "server.log"
        self.environment = {
            **npm.environment(),
            "PORT": str(self.port),
            "NODE_ENV": "production",
            "SUITE_WEBHOOK_URL": hooks.url,
            "SUITE_WEBHOOK_SECRET": hooks.secret,
        }
        self.starts = 0
        self._process = None

    def command(self):
        """What starts the server."""
        raise NotImplementedError

    def start(self):
        """Start it and wait until it answers."""
        self.starts += 1
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        harness.wait_until(self._is_up, self.start_timeout, 0.2, self.url)
        return self

    def _is_up(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"the shop ended at its start:\n{self.log()[-3000:]}")
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url + self.health, timeout=5).ok

    def kill(self):
        """End it at once, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def stop(self):
        """Ask it to end; after some seconds, make it."""
        self._end(signal.SIGTERM)

    def _end(self, how):
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()
