# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""wkhtmltopdf's command line on headless Chromium, for Odoo's PDF reports.

A body is printed with the page's margins; then header and footer are printed for every
page, as frames of one sheet, and laid over the bodies' pages. The documents are handed
to the browser under an address of the server that made them (nothing is requested
there), so their style sheets, fonts and cookies work as in a browser, while files and
other hosts are out of reach.

Exit codes, as Odoo reads them: 0 fine; 1 printed, but something could not be loaded
(Odoo logs what); 2 nothing was printed (Odoo shows the message to the user).
"""

import base64
import html
import json
import os
import re
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pdf_browser import Browser, BrowserError, find_chromium
from pdf_options import Options, UsageError, parse, warn

# Odoo looks for a version number from 0.12.2 on and for "(with patched qt)"
VERSION = "wkhtmltopdf 0.12.6 (with patched qt) [not Qt: Chromium bridge 1.0]"
TIMEOUT = 120.0
LOAD_SHARE = 0.5  # of the timeout: a page that still loads then is printed as it is
FONTS_WAIT = 5.0  # seconds that fonts and pictures get after the load event, at least
SHEETS = 25  # pages of headers and footers printed at once
GAP = 2.0  # mm between a header's last line and the body below it
EDGE = 5.0  # mm that a footer's last line keeps from the paper's edge
CSP = "connect-src 'none'; object-src 'none'; form-action 'none'"

_BASE = re.compile(r"<base\b[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_MEDIA = re.compile(r"@media\b[^{};]*\{", re.I)
_WIDTH = re.compile(r"\((min|max)-width\s*:\s*([\d.]+)\s*(px|r?em)\s*\)", re.I)

# Blink keeps rows together and repeats table heads only in print style sheets, but
# wkhtmltopdf prints the screen's; margins that a style sheet asks for are ignored there
BODY_STYLE = (
    ":where(tr,thead,tfoot,img,svg){break-inside:avoid}"
    "@page{size:%(width).3fmm %(height).3fmm!important;"
    "margin:%(top).3fmm %(right).3fmm %(bottom).3fmm %(left).3fmm!important}"
)
OVERLAY_STYLE = "html,body{background:transparent!important}"
SHEET_STYLE = (
    "@page{margin:0!important}*{margin:0;padding:0}"
    ".p{position:relative;overflow:hidden;break-after:page;width:%(width)dpx;"
    "height:%(height)dpx}.p:last-child{break-after:auto}"
    "iframe{position:absolute;border:0;left:%(left).2fpx;width:%(inner).2fpx}"
    "hr{position:absolute;border:0;border-top:1px solid;left:%(left).2fpx;"
    "width:%(inner).2fpx}"
)
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
# Puts headers above their line (html{height:0} makes Odoo's take no room there) and
# tells how far down, in pixels, each frame's visible text and pictures reach
PLACE = """(line, paper) => Array.from(document.querySelectorAll("iframe"), (frame) => {
    const doc = frame.contentDocument;
    let start = parseFloat(frame.dataset.top);
    if (frame.className === "header") start -= doc.body.getBoundingClientRect().height;
    frame.style.top = start + "px";
    frame.style.height = Math.max(1, paper - start) + "px";
    let bottom = 0;
    const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
    const range = doc.createRange();
    while (walker.nextNode()) {
        if (!walker.currentNode.data.trim()) continue;
        range.selectNodeContents(walker.currentNode);
        for (const box of range.getClientRects()) bottom = Math.max(bottom, box.bottom);
    }
    for (const image of doc.images) {
        bottom = Math.max(bottom, image.getBoundingClientRect().bottom);
    }
    return start + bottom;
})"""


def emulate_width(css: str, width: int) -> str:
    """Settle the conditions on the width in media queries for a window's ``width``.

    wkhtmltopdf's window is 0 pixels wide unless --viewport-size is given and stays so
    when it prints; Chromium would ask the paper, and Odoo's reports would be laid out
    for a small tablet.
    """

    def settle(match: re.Match[str]) -> str:
        limit = float(match[2]) * (1 if match[3].lower() == "px" else 16)
        true = width >= limit if match[1].lower() == "min" else width <= limit
        return "(min-width:0px)" if true else "(max-width:0px)"

    return _MEDIA.sub(lambda media: _WIDTH.sub(settle, media[0]), css)


def read_cookies(path: Path) -> list[dict[str, Any]]:
    """Cookies of a jar as Odoo writes it: one Set-Cookie text a line."""
    cookies = []
    for line in path.read_text(encoding="utf-8").splitlines():
        first, *others = (part.strip() for part in line.split(";"))
        name, separator, value = first.partition("=")
        if not separator:
            continue
        rest = dict(part.lower().partition("=")[::2] for part in others if part)
        cookie = {"name": name, "value": value, "path": rest.get("path") or "/"}
        cookie["httpOnly"] = "httponly" in rest
        cookies.append({**cookie, "domain": rest.get("domain", "").lstrip(".")})
    return cookies


class Printer:
    """One call's work."""

    def __init__(self, options: Options, timeout: float) -> None:
        self.options = options
        self.incomplete = False  # something more than a picture is missing
        self._prefix = f"/print-{uuid.uuid4().hex}/"
        self._pages: dict[str, bytes] = {}  # address -> what we serve there
        self._urls: dict[str, tuple[str, str]] = {}  # request -> address, type
        self._loaded: set[str] = set()
        self._styles: dict[str, bytes] = {}
        self.cookies = read_cookies(options.cookie_jar) if options.cookie_jar else []
        sources = [*options.inputs, options.header, options.footer]
        self._origin, self._hosts = self._read(sources)
        self.browser = Browser(self._hosts, timeout)

    # ------------------------------------------------------------ what is served

    def _read(self, sources: list[Path | None]) -> tuple[str, set[str]]:
        """Take the files in; the origin to serve them from and the hosts to allow."""
        texts = {p: p.read_text("utf-8", "replace") for p in sources if p}
        bases = [m[1] for text in texts.values() for m in [_BASE.search(text)] if m]
        bases = [base for base in bases if urlsplit(base).hostname]
        parts = urlsplit(bases[0]) if bases else urlsplit("http://document.invalid")
        origin = f"{parts.scheme}://{parts.netloc}"
        hosts = {urlsplit(base).hostname or "" for base in bases}
        hosts |= {cookie["domain"] for cookie in self.cookies}
        hosts |= set(os.environ.get("CHROMIUM_PDF_HOSTS", "").split())
        overlays = (self.options.header, self.options.footer)
        for path, text in texts.items():
            style = OVERLAY_STYLE if path in overlays else ""
            text = emulate_width(text, self.options.viewport[0])
            if style:
                text += f"<style>{style}</style>"
            self._pages[self._address(path, origin)] = text.encode()
        return origin, hosts - {""}

    def _address(self, path: Path | str, origin: str | None = None) -> str:
        name = quote(Path(path).name, safe="")
        return f"{origin or self._origin}{self._prefix}{name}"

    def _serve(self, request: str, body: bytes, kind: str) -> None:
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "private"}
        if kind == "text/html":
            headers["Content-Security-Policy"] = CSP
        self.browser.post(
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
        elif address in self._pages:
            self._serve(request, self._pages[address], "text/html")
        elif url in self._styles:
            self._serve(request, self._styles[url], "text/css")
        elif parts.scheme in ("http", "https") and parts.hostname in self._hosts:
            self.browser.post("Fetch.continueRequest", requestId=request)
        else:
            warn(f"blocked {url[:200]}: only the server of the report may be asked")
            self.browser.post(
                "Fetch.failRequest", requestId=request, errorReason="BlockedByClient"
            )

    def _on_style(self, event: dict[str, Any]) -> None:
        request, url = event["requestId"], event["request"]["url"]
        if event.get("responseStatusCode") != 200:
            self.browser.post("Fetch.continueRequest", requestId=request)
            return
        answer = self.browser.call("Fetch.getResponseBody", requestId=request)
        body = answer["body"].encode()
        if answer["base64Encoded"]:
            body = base64.b64decode(answer["body"])
        css = emulate_width(body.decode("utf-8", "replace"), self.options.viewport[0])
        self._styles[url] = css.encode()
        self._serve(request, self._styles[url], "text/css")

    # ------------------------------------------------------------ what goes wrong

    def _on_request(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"], event.get("type", "")

    def _on_response(self, event: dict[str, Any]) -> None:
        status = event["response"]["status"]
        if status >= 400:
            self._missing(event["requestId"], f"HTTP {status}")

    def _on_failed(self, event: dict[str, Any]) -> None:
        if not event.get("canceled"):
            self._missing(event["requestId"], event["errorText"])

    def _missing(self, request: str, why: str) -> None:
        url, kind = self._urls.get(request, ("?", ""))
        if url.startswith("data:"):
            return
        hint = ""
        if why.startswith("net::ERR_") and why != "net::ERR_BLOCKED_BY_CLIENT":
            hint = "; is report.url or web.base.url an address this server can reach?"
        warn(f"could not load {url[:200]}: {why}{hint}")
        # as wkhtmltopdf: a missing picture is no error, a missing style sheet is
        self.incomplete |= kind not in ("Image", "Media")

    # ------------------------------------------------------------ printing

    def _prepare(self) -> None:
        browser = self.browser
        browser.handlers = {
            "Fetch.requestPaused": self._on_paused,
            "Network.requestWillBeSent": self._on_request,
            "Network.responseReceived": self._on_response,
            "Network.loadingFailed": self._on_failed,
            "Page.javascriptDialogOpening": lambda event: browser.post(
                "Page.handleJavaScriptDialog", accept=True
            )
            and None,
            "Page.lifecycleEvent": lambda event: (
                self._loaded.add(event["loaderId"]) if event["name"] == "load" else None
            ),
        }
        for domain in ("Page", "Network"):
            browser.call(f"{domain}.enable")
        browser.call("Page.setLifecycleEventsEnabled", enabled=True)
        every = {"urlPattern": "*", "requestStage": "Request"}
        style = {**every, "requestStage": "Response", "resourceType": "Stylesheet"}
        browser.call("Fetch.enable", patterns=[every, style])
        if "--print-media-type" not in self.options.flags:
            browser.call("Emulation.setEmulatedMedia", media="screen")
        for cookie in self.cookies:
            domain = cookie.pop("domain") or urlsplit(self._origin).hostname
            url = f"{urlsplit(self._origin).scheme}://{domain}{cookie['path']}"
            browser.call("Network.setCookie", url=url, **cookie)

    def _evaluate(self, function: str, *arguments: object) -> Any:
        answer = self.browser.call(
            "Runtime.evaluate",
            expression=f"({function})({', '.join(map(json.dumps, arguments))})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            raise BrowserError(f"script failed in the document: {text[:500]}")
        return answer["result"].get("value")

    def _open(self, address: str) -> str:
        """Load a document with all it needs; its first heading or its title."""
        answer = self.browser.call("Page.navigate", url=address)
        if answer.get("errorText"):
            raise BrowserError(f"Chromium can't open a document: {answer['errorText']}")
        loader = answer["loaderId"]
        limit = self.browser.timeout * LOAD_SHARE
        if not self.browser.wait(lambda: loader in self._loaded, "loading", limit):
            warn(f"still loading after {limit:g} s; printed without what is missing")
            self.incomplete = True
            self.browser.call("Page.stopLoading")
        most = max(self.options.delay, FONTS_WAIT) * 1000
        return str(self._evaluate(READY, self.options.delay * 1000, most))

    def _print(self, margins: tuple[float, float, float, float]) -> bytes:
        """The open document as a PDF; margins in mm: top, right, bottom, left."""
        sides = zip(("Top", "Right", "Bottom", "Left"), margins, strict=True)
        answer = self.browser.call(
            "Page.printToPDF",
            printBackground=True,
            paperWidth=self.options.width / 25.4,
            paperHeight=self.options.height / 25.4,
            scale=self.options.scale,
            generateTaggedPDF=False,
            **{f"margin{side}": value / 25.4 for side, value in sides},
        )
        return base64.b64decode(answer["data"])

    def _print_body(self, path: Path, top: float, bottom: float) -> tuple[bytes, str]:
        options = self.options
        title = self._open(self._address(path))
        style = BODY_STYLE % {**vars(options), "top": top, "bottom": bottom}
        add = "(css) => document.head.append(Object.assign(%s, {textContent: css}))"
        self._evaluate(add % "document.createElement('style')", style)
        return self._print((top, options.right, bottom, options.left)), title

    # ------------------------------------------------------------ header and footer

    def _frames(self, page: dict[str, Any], bottom: float) -> Iterator[str]:
        """Frames of one page: header and footer with wkhtmltopdf's variables."""
        options = self.options
        now = datetime.now().astimezone()
        variables = {
            **{"section": "", "subsection": "", "subsubsection": "", "frompage": 1},
            **{"title": options.values.get("--title", ""), "doctitle": ""},
            **{"date": f"{now:%x}", "isodate": f"{now:%Y-%m-%d}", "time": f"{now:%X}"},
            **page,
        }
        query = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in variables.items())
        head = options.pixels(options.top - options.header_spacing)
        line = options.height - bottom + options.footer_spacing
        places = (
            ("header", options.header, head),
            ("footer", options.footer, options.pixels(line)),
        )
        for kind, path, start in places:
            if path:
                source = html.escape(f"{self._address(path)}?{query}")
                yield f'<iframe class="{kind}" data-top="{start}" src="{source}">'
                yield "</iframe>"
            if f"--{kind}-line" in options.flags:
                yield f'<hr style="top:{start}px">'

    def _sheet(self, pages: list[tuple[dict[str, Any], float]]) -> list[float]:
        """Open a sheet with the frames of ``pages``; how far down they reach (mm)."""
        options = self.options
        size = {
            "width": int(options.pixels(options.width)),
            "height": int(options.pixels(options.height)) - 1,
            "left": options.pixels(options.left),
            "inner": options.pixels(options.width - options.left - options.right),
        }
        papers = ("".join(self._frames(page, bottom)) for page, bottom in pages)
        body = "".join(f'<div class="p">{paper}</div>' for paper in papers)
        text = f"<!DOCTYPE html><style>{SHEET_STYLE % size}</style>{body}"
        address = self._address(f"sheet-{len(self._pages)}.html")
        self._pages[address] = text.encode()
        self._open(address)
        reach = self._evaluate(PLACE, 0, options.pixels(options.height))
        self._pages.pop(address)
        return [pixels / options.pixels(1) for pixels in reach]
