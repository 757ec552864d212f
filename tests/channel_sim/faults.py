"""Faults that a simulated channel shows on demand, and the server they are shown by."""

import json
import random
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

#: what can go wrong with a call. "after": it is done, and the answer gets lost
KINDS = ("error_500", "error_503", "rate", "truncated", "hang_up", "after")


@dataclass
class Fault:
    """One kind of fault for calls whose path contains ``path``, ``count`` times."""

    kind: str
    path: str = ""
    count: int = 1


class Faults:
    """What is to go wrong: planned, or by chance from a seed."""

    def __init__(self, seed=0):
        self._planned = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self.rate = 0.0

    def plan(self, kind, path="", count=1):
        """Let the next ``count`` calls of ``path`` fail in one way."""
        if kind not in KINDS:
            raise ValueError(kind)
        with self._lock:
            self._planned.append(Fault(kind, path, count))

    def draw(self, path):
        """The fault of this call, or None."""
        with self._lock:
            for fault in self._planned:
                if fault.count and fault.path in path:
                    fault.count -= 1
                    return fault.kind
            if self.rate and self._random.random() < self.rate:
                return self._random.choice(KINDS)
        return None


class Answer(Exception):
    """An answer of the simulated channel; raised from anywhere inside a call."""

    def __init__(self, payload, status=200, headers=None):
        super().__init__(status)
        self.payload = payload
        self.status = status
        self.headers = headers or {}


@dataclass
class Call:
    """One request as the simulated channel sees it."""

    method: str
    path: str
    query: dict
    body: bytes
    headers: dict

    def json(self):
        """The body as JSON; an empty one is an empty object."""
        return json.loads(self.body or b"{}")


class Simulator:
    """A channel on a free port of this machine; subclasses answer calls.

    Used as a context manager. ``calls`` keeps what arrived: ``[(method, path)]``.
    """

    def __init__(self, seed=0):
        self.faults = Faults(seed)
        self.lock = threading.RLock()
        self.calls = []
        #: seconds the channel's clock is ahead of ours
        self.clock_offset = 0
        self._server = None

    def now(self):
        """Seconds since 1970 by the channel's clock."""
        return int(time.time() + self.clock_offset)

    def answer(self, call):
        """``(payload, status, headers)`` of one call, or raise ``Answer``."""
        raise NotImplementedError

    @property
    def url(self):
        """Address of the channel."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        handler = type("Handler", (_Handler,), {"simulator": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    simulator = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer()

    do_POST = do_PUT = do_DELETE = do_GET

    def _answer(self):
        simulator = self.simulator
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        call = Call(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            self.rfile.read(length),
            {name.lower(): value for name, value in self.headers.items()},
        )
        call.query["_all"] = parse_qsl(parts.query, keep_blank_values=True)
        with simulator.lock:
            simulator.calls.append((call.method, call.path))
        fault = simulator.faults.draw(call.path)
        if fault in ("hang_up", None, "after", "truncated"):
            if fault == "hang_up":
                return self._hang_up()
            payload, status, headers = self._run(simulator, call)
            if fault == "after":
                return self._hang_up()
            return self._send(payload, status, headers, fault == "truncated")
        status = {"error_500": 500, "error_503": 503, "rate": 429}[fault]
        headers = {"Retry-After": "1"} if fault == "rate" else {}
        return self._send({"error": fault}, status, headers)

    @staticmethod
    def _run(simulator, call):
        try:
            with simulator.lock:
                result = simulator.answer(call)
        except Answer as answer:
            return answer.payload, answer.status, answer.headers
        return result

    def _hang_up(self):
        self.close_connection = True
        self.connection.close()

    def _send(self, payload, status, headers, truncated=False):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        kind = "application/octet-stream" if isinstance(payload, bytes) else None
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        if truncated:
            body = body[: len(body) // 2]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
