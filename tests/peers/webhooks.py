"""Where a shop's webhooks arrive in tests: kept, or lost, as the test wants."""

import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .. import harness


class Inbox:
    """A receiver on loopback.

    ``requests`` holds what arrived as (headers, body, moment). While ``is_down`` it
    answers 503 and keeps nothing.
    """

    secret = "a secret of the tests"

    def __init__(self):
        self.requests = []
        self.is_down = False
        #: called with what arrives (headers, body), where somebody carries it on
        self.deliver = None
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not inbox.is_down:
                    headers = {k.lower(): v for k, v in self.headers.items()}
                    moment = datetime.now(timezone.utc)
                    inbox.requests.append((headers, body, moment))
                    if inbox.deliver:
                        inbox.deliver(headers, body)
                self.send_response(503 if inbox.is_down else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, wanted, timeout=60):
        """The first request that ``wanted(body)`` is true for."""

        def find():
            return next((found for found in self.requests if wanted(found[1])), None)

        return harness.wait_until(find, timeout, 0.1, "webhook")
