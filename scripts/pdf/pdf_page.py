# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One page of a browser: what it may load, when it is ready, how it is printed.

Documents are handed to the browser under an address of the server that made them
(nothing is requested there), so their style sheets, fonts and cookies work as in any
browser, while files and other hosts stay out of reach.
"""

import base64
import json
import re
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pdf_browser import Browser, BrowserError

LOAD_SHARE = 0.5  # of the timeout: a page that still loads then is printed as it is
FONTS_WAIT = 5.0  # seconds that fonts and pictures get after the load event, at most
# Reports show things; what they show shall not read the server with the user's cookie
CSP = "connect-src 'none'; object-src 'none'; form-action 'none'"

_BASE = re.compile(r"<base\b[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_MEDIA = re.compile(r"@media\b[^{};]*\{", re.I)
_WIDTH = re.compile(r"\((min|max)-width\s*:\s*([\d.]+)\s*(px|r?em)\s*\)", re.I)

READY = """async (scripted, most) => {
    const docs = [];
    const walk = (doc) => {
        docs.push(doc);
        for (const frame of doc.querySelectorAll("iframe")) {
            if (frame.contentDocument) walk(frame.contentDocument);
        }
    };
    walk(document);
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const scripts = document.scripts.length ? wait(scripted) : null;
    const pictures = docs.flatMap((d) => Array.from(d.images));
    docs.forEach((d) => d.body && d.body.offsetHeight);
    const ready = Promise.all([
        ...docs.map((d) => d.fonts.ready),
        ...pictures.map((image) => image.decode().catch(() => null)),
    ]);
    await Promise.all([Promise.race([ready, wait(most)]), scripts]);
    const heading = document.querySelector("h1,h2,h3,h4,h5,h6");
    const text = heading ? heading.innerText.trim().replace(/\\s+/g, " ") : "";
    return text || document.title;
}"""


def warn(text: str) -> None:
    """A line for Odoo's log (it logs stderr when the exit code is 1)."""
    print(f"Warning: {text}", file=sys.stderr)


def emulate_width(css: str, width: int) -> str:
    """Settle the conditions on the width in media queries for a window's ``width``.

    wkhtmltopdf's window is 0 pixels wide unless --viewport-size is given and stays so
    when it prints; Chromium would ask the paper, and Odoo's reports would be laid out
    as for a small tablet.
    """

    def settle(match: re.Match[str]) -> str:
        limit = float(match[2]) * (1 if match[3].lower() == "px" else 16)
        true = width >= limit if match[1].lower() == "min" else width <= limit
        return "(min-width:0px)" if true else "(max-width:0px)"

    return _MEDIA.sub(lambda media: _WIDTH.sub(settle, media[0]), css)


def base_addresses(texts: Iterable[str]) -> list[str]:
    """The addresses that documents name in ``<base href>``."""
    found = (_BASE.search(text) for text in texts)
    return [match[1] for match in found if match and urlsplit(match[1]).hostname]


def read_cookies(path: Path) -> list[dict[str, Any]]:
    """Cookies of a jar as Odoo writes it: the text of one Set-Cookie a line."""
    cookies = []
    for line in path.read_text(encoding="utf-8").splitlines():
        first, *others = (part.strip() for part in line.split(";"))
        name, separator, value = first.partition("=")
        if not separator:
            continue
        rest = dict(part.lower().partition("=")[::2] for part in others if part)
        cookie: dict[str, Any] = {"name": name, "value": value}
        cookie["path"] = rest.get("path") or "/"
        cookie["domain"] = rest.get("domain", "").lstrip(".")
        cookies.append({**cookie, "httpOnly": "httponly" in rest})
    return cookies


class Page:
    """The browser's page.

    :param base: address of the server that the documents' links are relative to
    :param hosts: hosts that may be asked; everything else is blocked with a warning
    :param width: what media queries take for the window's width, in pixels
    """

    def __init__(
        self, browser: Browser, base: str, hosts: Iterable[str], width: int
    ) -> None:
        parts = urlsplit(base)
        self.incomplete = False  # something more than a picture is missing
        self._browser = browser
        self._scheme, self._server = parts.scheme, parts.hostname
        self._prefix = f"{parts.scheme}://{parts.netloc}/print-{uuid.uuid4().hex}/"
        self._hosts = frozenset(hosts)
        self._width = width
        self._documents: dict[str, bytes] = {}
        self._styles: dict[str, bytes] = {}
        self._requests: dict[str, tuple[str, str]] = {}
        self._loaded: set[str] = set()

    def start(self, media: str | None, cookies: Iterable[dict[str, Any]]) -> None:
        """Begin to watch the page; ``media`` is the type of style sheets it uses."""
        browser = self._browser
        browser.handlers = {
            "Fetch.requestPaused": self._on_paused,
            "Network.requestWillBeSent": self._on_request,
            "Network.responseReceived": self._on_response,
            "Network.loadingFailed": self._on_failed,
            "Page.javascriptDialogOpening": self._on_dialog,
            "Page.lifecycleEvent": self._on_lifecycle,
        }
        browser.call("Page.enable")
        browser.call("Network.enable")
        browser.call("Page.setLifecycleEventsEnabled", enabled=True)
        every = {"urlPattern": "*", "requestStage": "Request"}
        style = {**every, "requestStage": "Response", "resourceType": "Stylesheet"}
        browser.call("Fetch.enable", patterns=[every, style])
        if media:
            browser.call("Emulation.setEmulatedMedia", media=media)
        for cookie in cookies:
            cookie = dict(cookie)
            url = f"{self._scheme}://{cookie.pop('domain') or self._server}/"
            browser.call("Network.setCookie", url=url, **cookie)

    # ------------------------------------------------------------ what is served

    def serve(self, name: str, text: str) -> str:
        """Make a document available; the address at which the page finds it."""
        address = self._prefix + quote(name, safe="")
        self._documents[address] = emulate_width(text, self._width).encode()
        return address

    def _answer(self, request: str, body: bytes, kind: str) -> None:
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        if kind == "text/html":
            headers["Content-Security-Policy"] = CSP
        self._browser.post(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=200,
            responseHeaders=[{"name": k, "value": v} for k, v in headers.items()],
            body=base64.b64encode(body).decode(),
        )

    def _on_paused(self, event: dict[str, Any]) -> None:
        request, url = event["requestId"], event["request"]["url"]
        address = url.partition("?")[0].partition("#")[0]
        parts = urlsplit(url)
        if "responseStatusCode" in event or "responseErrorReason" in event:
            self._on_style(event)
        elif address in self._documents:
            self._answer(request, self._documents[address], "text/html")
        elif url in self._styles:
            self._answer(request, self._styles[url], "text/css")
        elif parts.path == "/favicon.ico":  # Chromium's own wish
            self._answer(request, b"", "image/x-icon")
        elif parts.scheme in ("http", "https") and parts.hostname in self._hosts:
            self._browser.post("Fetch.continueRequest", requestId=request)
        else:
            warn(f"blocked {url[:200]}: a report may only ask its own server")
            self._browser.post(
                "Fetch.failRequest", requestId=request, errorReason="BlockedByClient"
            )

    def _on_style(self, event: dict[str, Any]) -> None:
        request, url = event["requestId"], event["request"]["url"]
        if event.get("responseStatusCode") != 200:
            self._browser.post("Fetch.continueRequest", requestId=request)
            return
        answer = self._browser.call("Fetch.getResponseBody", requestId=request)
        css = answer["body"]
        if answer["base64Encoded"]:
            css = base64.b64decode(css).decode("utf-8", "replace")
        self._styles[url] = emulate_width(css, self._width).encode()
        self._answer(request, self._styles[url], "text/css")

    # ------------------------------------------------------------ what happens

    def _on_dialog(self, event: dict[str, Any]) -> None:
        self._browser.post("Page.handleJavaScriptDialog", accept=True)

    def _on_lifecycle(self, event: dict[str, Any]) -> None:
        if event["name"] == "load":
            self._loaded.add(event["loaderId"])

    def _on_request(self, event: dict[str, Any]) -> None:
        asked = event["request"]["url"], event.get("type", "")
        self._requests[event["requestId"]] = asked

    def _on_response(self, event: dict[str, Any]) -> None:
        if event["response"]["status"] >= 400:
            self._missing(event["requestId"], f"HTTP {event['response']['status']}")

    def _on_failed(self, event: dict[str, Any]) -> None:
        if not event.get("canceled"):
            self._missing(event["requestId"], event["errorText"])

    def _missing(self, request: str, why: str) -> None:
        url, kind = self._requests.get(request, ("?", ""))
        if url.startswith("data:"):
            return
        hint = ""
        if why.startswith("net::ERR_") and "BLOCKED" not in why:
            hint = "; does report.url (or web.base.url) lead from here to the server?"
        warn(f"could not load {url[:200]}: {why}{hint}")
        # as wkhtmltopdf: a missing picture is no error, a missing style sheet is
        self.incomplete |= kind not in ("Image", "Media")

    # ------------------------------------------------------------ what we do

    def evaluate(self, function: str, *arguments: object) -> Any:
        """Call a JavaScript function in the document; what it returns."""
        answer = self._browser.call(
            "Runtime.evaluate",
            expression=f"({function})({', '.join(map(json.dumps, arguments))})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise BrowserError(f"a script failed in the document: {text[:500]}")
        return answer["result"].get("value")

    def open(self, address: str, delay: float) -> str:
        """Load a document with all it needs.

        :param delay: seconds that a document's scripts get after loading
        :return: its first heading or its title
        """
        answer = self._browser.call("Page.navigate", url=address)
        if answer.get("errorText"):
            raise BrowserError(f"Chromium can't open a document: {answer['errorText']}")
        loader = answer["loaderId"]
        limit = self._browser.timeout * LOAD_SHARE
        if not self._browser.wait(lambda: loader in self._loaded, "loading", limit):
            self.late(limit)
        return self.settle(delay)

    def late(self, limit: float) -> None:
        """Give up on what is still loading after ``limit`` seconds."""
        warn(f"still loading after {limit:g} s: printed without what is missing")
        self.incomplete = True
        self._browser.call("Page.stopLoading")

    def settle(self, delay: float) -> str:
        """Wait for fonts, pictures and (``delay`` seconds) scripts; as `open`."""
        most = max(delay, FONTS_WAIT) * 1000
        return str(self.evaluate(READY, delay * 1000, most))

    def add_style(self, css: str) -> None:
        """Append a style sheet to the open document."""
        self.evaluate(
            "(css) => void document.head.append(Object.assign("
            "document.createElement('style'), {textContent: css}))",
            css,
        )

    def print(
        self,
        paper: tuple[float, float],
        scale: float,
        margins: tuple[float, float, float, float] = (0, 0, 0, 0),
    ) -> bytes:
        """The open document as a PDF.

        :param paper: width and height in millimetres
        :param margins: top, right, bottom, left in millimetres
        """
        sides = zip(("Top", "Right", "Bottom", "Left"), margins, strict=True)
        answer = self._browser.call(
            "Page.printToPDF",
            printBackground=True,
            paperWidth=paper[0] / 25.4,
            paperHeight=paper[1] / 25.4,
            scale=scale,
            generateTaggedPDF=False,
            **{f"margin{side}": value / 25.4 for side, value in sides},
        )
        return base64.b64decode(answer["data"])
