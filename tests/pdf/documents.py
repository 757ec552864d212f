"""Documents as Odoo gives them to wkhtmltopdf, and a web server for what they load."""

import contextlib
import http.server
import os
import subprocess
import threading
import time

from PyPDF2 import PdfReader

from ..harness import SOURCE

BRIDGE = SOURCE / "scripts" / "pdf" / "wkhtmltopdf"

#: the part of Odoo's script (web.minimal_layout) that all headers and footers use
SUBST = """
function subst() {
    var vars = {};
    var x = document.location.search.substring(1).split('&');
    for (var i in x) {
        var z = x[i].split('=', 2);
        vars[z[0]] = unescape(z[1]);
    }
    var z = {'sitepage': 'page', 'sitepages': 'topage'};
    for (var name in z) {
        var y = document.getElementsByClassName(z[name]);
        for (var j = 0; j < y.length; ++j) y[j].textContent = vars[name];
    }
    var index = vars['webpage'].split('.', 4)[3];
    for (var kind of ['headers', 'footers']) {
        var all = document.getElementById('minimal_layout_report_' + kind);
        if (all) {
            var one = all.children[index];
            all.textContent = '';
            all.appendChild(one);
        }
    }
}
"""


def layout(content, base, subst=False, head=""):
    """A document like those of web.minimal_layout."""
    script = f"<script>{SUBST}</script>" if subst else ""
    onload = ' onload="subst()"' if subst else ""
    return f"""
        <!DOCTYPE html>
        <html style="height: 0;"><head><base href="{base}"/>
        <meta charset="utf-8"/><style>html, body {{height: 100%; margin: 0}}
        body {{font: 14px/20px sans-serif; font-kerning: none}} p {{margin: 0}}</style>
        {head}{script}</head>
        <body class="container" style="overflow: hidden"{onload}>{content}</body></html>
    """


def lines(prefix, count):
    return "".join(f"<p>{prefix}{number}</p>" for number in range(1, count + 1))


class Job:
    """The files of one call, named as Odoo names them, and the call."""

    def __init__(self, folder, base="http://127.0.0.1:9"):
        self.folder = folder
        self.base = base
        self.output = folder / "report.tmp.pdf"
        self.arguments = ["--disable-local-file-access", "--quiet"]
        self.arguments += ["--javascript-delay", "1000"]
        self.inputs = []

    def _write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def paper(self, top=52, bottom=32, spacing=52, size="A4", *others):
        sides = ["--margin-top", top, "--margin-bottom", bottom]
        sides += ["--margin-left", 0, "--margin-right", 0, "--header-spacing", spacing]
        zoom = ["--dpi", 90, "--zoom", 96 / 90, "--page-size", size]
        self.arguments += [str(x) for x in (*sides, *zoom, *others)]
        return self

    def body(self, content, **options):
        text = layout(content, self.base, **options)
        name = f"report.body.tmp.{len(self.inputs)}.abc.html"
        self.inputs.append(self._write(name, text))
        return self

    def overlay(self, kind, parts, **options):
        """``kind`` is header or footer; ``parts`` one HTML text a body."""
        inner = "".join(f"<div>{part}</div>" for part in parts)
        inner = f'<div id="minimal_layout_report_{kind}s">{inner}</div>'
        text = layout(inner, self.base, subst=True, **options)
        path = self._write(f"report.{kind}.tmp.abc.html", text)
        self.arguments += [f"--{kind}-html", path]
        return self

    def cookie(self, text):
        path = self._write("report.cookie_jar.tmp.abc.txt", text)
        self.arguments += ["--cookie-jar", path]
        return self

    def command(self):
        return [str(BRIDGE), *self.arguments, *self.inputs, str(self.output)]

    def run(self, timeout=100, preexec_fn=None, **env):
        """Do the call; its exit code and stderr."""
        done = subprocess.run(
            self.command(),
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **env},
            preexec_fn=preexec_fn,
            check=False,
        )
        return done.returncode, done.stderr

    def pages(self):
        return page_texts(self.output)


def page_texts(path):
    return [page.extract_text() for page in PdfReader(path).pages]


def squeezed(text):
    """Text without white space: PyPDF2 takes kerning for spaces."""
    return "".join(text.split())


def positions(page):
    """[(distance of its base line from the paper's top in points, line of text)]"""
    found = {}
    height = float(page.mediabox.height)

    def visit(text, cm, tm, *_font):
        # (a drawn form comes once more, as a whole)
        if text.strip() and "\n" not in text.strip():
            top = height - (tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
            found[round(top, 1)] = found.get(round(top, 1), "") + text.strip()

    page.extract_text(visitor_text=visit)
    return sorted(found.items())


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.asked.append((self.path, self.headers.get("Cookie") or ""))
        if self.path.startswith("/hang"):
            server.released.wait(60)
        answer = server.answers.get(self.path.partition("?")[0])
        if answer is None:
            self.send_error(404)
            return
        kind, data = answer
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def web_server(**answers):
    """A web server on loopback; ``asked`` lists (path, cookies) of its requests."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.asked = []
    server.released = threading.Event()
    server.answers = {f"/{name}": answer for name, answer in answers.items()}
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


def wait_gone(find, seconds=10):
    """Wait until ``find`` finds nothing any more; what is left."""
    end = time.monotonic() + seconds
    while find() and time.monotonic() < end:
        time.sleep(0.1)
    return find()
