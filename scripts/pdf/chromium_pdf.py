# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""wkhtmltopdf's command line on headless Chromium, for Odoo's PDF reports.

A body is printed with the page's margins; then the headers and footers of all pages are
printed as frames of one sheet and laid over the bodies' pages.

Exit codes, as Odoo reads them: 0 fine; 1 printed, but something could not be loaded
(Odoo logs what); 2 nothing was printed (Odoo shows the message to the user).
"""

import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pdf_browser import Browser, BrowserError, find_chromium
from pdf_options import Options, UsageError, parse
from pdf_page import LOAD_SHARE, Page, base_addresses, read_cookies, warn

try:
    from pdf_assemble import assemble, page_count, used_pages
except ImportError as missing:
    print(
        f"Error: {sys.executable}: {missing}; "
        "name the Python that runs Odoo in the variable CHROMIUM_PDF_PYTHON",
        file=sys.stderr,
    )
    raise SystemExit(2) from None

# Odoo looks for a version number from 0.12.2 on and for "(with patched qt)"
VERSION = "wkhtmltopdf 0.12.6 (with patched qt) [in fact: Chromium bridge 1.0]"
TIMEOUT = 120.0
NO_SERVER = "http://document.invalid"  # for documents that name no <base href>
SHEET = 10  # pages whose headers and footers are printed at once
GAP = 2.0  # mm between a header's last line and the body below it
EDGE = 5.0  # mm that a footer's last line keeps from the paper's edge

# Blink keeps rows together and repeats table heads only in print style sheets, but
# wkhtmltopdf uses the screen's. Page sizes and margins in style sheets don't count.
BODY_STYLE = (
    ":where(tr,thead,tfoot,img,svg){break-inside:avoid}"
    "@page{size:%(width).3fmm %(height).3fmm!important;"
    "margin:%(top).3fmm %(right).3fmm %(bottom).3fmm %(left).3fmm!important}"
    "@page :first{margin-top:%(first).3fmm!important}"
)
# Without ligatures the text is found by searching and copied as it is written; letters
# stand where the font wants them instead of on the pixels of a screen
TEXT_STYLE = ":where(*){font-variant-ligatures:none;text-rendering:geometricPrecision}"
OVERLAY_STYLE = "html,body{background:transparent!important}"
SHEET_STYLE = (
    "@page{margin:0!important}*{margin:0;padding:0}"
    ".p{position:relative;overflow:hidden;break-after:page;width:%(width)dpx;"
    "height:%(height)dpx}.p:last-child{break-after:auto}.p[hidden]{display:none}"
    "iframe,hr{position:absolute;border:0;left:%(left).2fpx;width:%(inner).2fpx}"
    "hr{border-top:1px solid}"
)
# Where the first text or picture of a body stands, in pixels below its top
FIRST = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const tops = Array.from(document.images, (i) => i.getBoundingClientRect().top);
    const range = document.createRange();
    while (walker.nextNode()) {
        if (!walker.currentNode.data.trim()) continue;
        range.selectNodeContents(walker.currentNode);
        tops.push(...Array.from(range.getClientRects(), (box) => box.top));
        if (tops.length) break;
    }
    return Math.max(0, Math.min(...tops, 1e4));
}"""
# Loads the frames of a sheet, or, where one was loaded for another page, has it begin
# again: parsing the style sheets of hundreds of frames would take most of the time
FILL = """async (pages, most) => {
    const papers = Array.from(document.querySelectorAll(".p"));
    papers.forEach((paper, index) => (paper.hidden = index >= pages.length));
    const begin = async (frame, {kind, top, url}) => {
        frame.dataset.top = top;
        const body = document.querySelector(`template.${kind}`);
        if (!frame.src || !body) {
            const loaded = new Promise((resolve) => (frame.onload = resolve));
            frame.src = url;
            await loaded;
            return;
        }
        const {contentWindow: win, contentDocument: doc} = frame;
        win.history.replaceState(null, "", url);
        doc.body.replaceChildren(doc.importNode(body.content, true));
        win.dispatchEvent(new win.Event("load"));
    };
    const all = pages.flatMap((frames, index) =>
        frames.map((frame) =>
            begin(papers[index].querySelector(`iframe.${frame.kind}`), frame)
        )
    );
    const late = new Promise((resolve) => setTimeout(resolve, most, "late"));
    return (await Promise.race([Promise.all(all), late])) !== "late";
}"""
# What a header or footer has in its body before its script runs. One with scripts in
# the body (Odoo's has it in the head) is loaded again for each page
KEEP = """(kind, text) => {
    const doc = new DOMParser().parseFromString(text, "text/html");
    if (doc.body.querySelector("script")) return;
    const template = document.createElement("template");
    template.className = kind;
    template.content.append(...doc.body.childNodes);
    document.body.append(template);
}"""
# Puts headers above their line (Odoo's take no room there: html{height:0}) and tells
# how far each frame's text and pictures reach down the paper, in pixels
PLACE = """(paper) => {
    const frames = document.querySelectorAll(".p:not([hidden]) iframe");
    return Array.from(frames, (frame) => {
        const doc = frame.contentDocument;
        let start = parseFloat(frame.dataset.top);
        if (frame.className === "header") {
            start -= doc.body.getBoundingClientRect().height;
        }
        frame.style.top = start + "px";
        frame.style.height = Math.max(1, paper - start) + "px";
        const images = Array.from(doc.images);
        const bottoms = images.map((i) => i.getBoundingClientRect().bottom);
        const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
        const range = doc.createRange();
        while (walker.nextNode()) {
            if (!walker.currentNode.data.trim()) continue;
            range.selectNodeContents(walker.currentNode);
            bottoms.push(...Array.from(range.getClientRects(), (box) => box.bottom));
        }
        return start + Math.max(0, ...bottoms);
    });
}"""


class Printer:
    """One call's work."""

    def __init__(self, options: Options, timeout: float) -> None:
        self.options = options
        files = [*options.inputs, options.header, options.footer]
        self._files = list(dict.fromkeys(path for path in files if path))
        self._texts = [self._text(path) for path in self._files]
        self._cookies = []
        if options.cookie_jar:
            self._cookies = read_cookies(options.cookie_jar)
        bases = base_addresses(self._texts)
        self._base = bases[0] if bases else NO_SERVER
        hosts = {urlsplit(base).hostname for base in bases}
        hosts |= {cookie["domain"] for cookie in self._cookies}
        hosts |= set(os.environ.get("CHROMIUM_PDF_HOSTS", "").split())
        self._hosts = sorted(host for host in hosts if host)
        self._browser = Browser(self._hosts, timeout)
        self._paper = (options.width, options.height)

    def run(self) -> bool:
        """Print to the output file; whether everything could be loaded."""
        options = self.options
        with self._browser as browser:
            width = options.viewport[0]
            self._page = Page(browser, self._base, self._hosts, width)
            media = None if "--print-media-type" in options.flags else "screen"
            self._page.start(media, self._cookies)
            self._serve()
            margins = self._margins()
            bodies: list[tuple[bytes, int]] = []
            titles: list[str] = []
            for path, (top, bottom) in zip(options.inputs, margins, strict=True):
                body, title = self._print_body(path, top, bottom)
                bodies.append((body, used_pages(body)))
                titles.append(title or f"Document {len(titles) + 1}")
            overlays = self._print_overlays([n for _, n in bodies], margins)
        title = options.values.get("--title") or titles[0]
        outline = "--no-outline" not in options.flags
        assemble(bodies, titles, overlays, options.output, title, outline)
        return not self._page.incomplete

    def _text(self, path: Path) -> str:
        """A document, with our style sheet in its head."""
        css = TEXT_STYLE
        if path in (self.options.header, self.options.footer):
            css += OVERLAY_STYLE
        text = path.read_text("utf-8", "replace")
        end = re.search(r"</head\s*>|$", text, re.I)
        place = end.start() if end else len(text)
        return f"{text[:place]}<style>{css}</style>{text[place:]}"

    def _serve(self) -> None:
        self._addresses: dict[Path, str] = {}
        for number, (path, text) in enumerate(
            zip(self._files, self._texts, strict=True)
        ):
            address = self._page.serve(f"{number}.{path.name}", text)
            self._addresses[path] = address

    def _print_body(self, path: Path, top: float, bottom: float) -> tuple[bytes, str]:
        options = self.options
        title = self._page.open(self._addresses[path], options.delay)
        # The first page keeps its place if only what follows meets the header
        free = self._page.evaluate(FIRST) / options.pixels(1)
        first = max(options.top, top - free)
        self._page.add_style(
            BODY_STYLE % {**vars(options), "top": top, "bottom": bottom, "first": first}
        )
        margins = (top, options.right, bottom, options.left)
        return self._page.print(self._paper, options.scale, margins), title

    # ------------------------------------------------------------ header and footer

    def _margins(self) -> list[tuple[float, float]]:
        """Top and bottom margins of each body, in millimetres.

        A header whose text reaches below the margin would be printed over the body,
        a footer that is higher than its margin would be cut off: they get more room.
        Drawings don't count, some of Odoo's layouts put large shapes behind the text.
        """
        options = self.options
        plain = (options.top, options.bottom)
        if not options.header and not options.footer:
            return [plain for _ in options.inputs]
        result = []
        for sheet, reaches in self._sheets([1] * len(options.inputs), None):
            reach = iter(reaches)
            for _ in sheet:
                top, bottom = plain
                if options.header:
                    top = max(top, next(reach) + GAP)
                if options.footer:
                    bottom += max(0.0, next(reach) + EDGE - options.height)
                fits = top + bottom < options.height * 0.8
                result.append((top, bottom) if fits else plain)
        return result

    def _print_overlays(
        self, counts: Sequence[int], margins: Sequence[tuple[float, float]]
    ) -> list[bytes]:
        options = self.options
        lines = {"--header-line", "--footer-line"} & options.flags
        if not (options.header or options.footer or lines):
            return []
        overlays = []
        for sheet, _reaches in self._sheets(counts, margins):
            overlay = self._page.print(self._paper, options.scale)
            if page_count(overlay) != len(sheet):
                raise BrowserError("header and footer did not fit on their pages")
            overlays.append(overlay)
        return overlays

    def _sheets(
        self, counts: Sequence[int], margins: Sequence[tuple[float, float]] | None
    ) -> Iterator[tuple[list[list[dict[str, Any]]], list[float]]]:
        """Open header and footer of every page, a sheet's worth at a time.

        What is yielded tells the frames of each page on the sheet and how far down
        (mm) the text of each frame reaches.
        """
        options = self.options
        page, pixel = self._page, options.pixels(1)
        pages = list(self._pages(counts, margins))
        page.open(page.serve("sheet", self._skeleton(min(SHEET, len(pages)))), 0)
        for kind, path in (("header", options.header), ("footer", options.footer)):
            if path:
                text = self._texts[self._files.index(path)]
                page.evaluate(KEEP, kind, text)
        limit = self._browser.timeout * LOAD_SHARE
        for start in range(0, len(pages), SHEET):
            sheet = pages[start : start + SHEET]
            if not page.evaluate(FILL, sheet, limit * 1000):
                page.late(limit)
            page.settle(0)
            reaches = page.evaluate(PLACE, options.height * pixel)
            yield sheet, [pixels / pixel for pixels in reaches]

    def _skeleton(self, pages: int) -> str:
        """A sheet of empty pages."""
        options = self.options
        pixel = options.pixels(1)
        style = SHEET_STYLE % {
            "width": int(options.width * pixel),
            "height": int(options.height * pixel) - 1,
            "left": options.left * pixel,
            "inner": (options.width - options.left - options.right) * pixel,
        }
        parts = []
        for kind, path, line in (
            ("header", options.header, options.top - options.header_spacing),
            ("footer", options.footer, options.height - options.bottom),
        ):
            if path:
                parts.append(f'<iframe class="{kind}"></iframe>')
            if f"--{kind}-line" in options.flags:
                parts.append(f'<hr style="top:{line * pixel}px">')
        paper = f'<div class="p">{"".join(parts)}</div>'
        return f"<!DOCTYPE html><style>{style}</style><body>{paper * pages}"

    def _pages(
        self, counts: Sequence[int], margins: Sequence[tuple[float, float]] | None
    ) -> Iterator[list[dict[str, Any]]]:
        """Frames of each page, with wkhtmltopdf's variables for it."""
        number = 0
        for index, (path, count) in enumerate(
            zip(self.options.inputs, counts, strict=True)
        ):
            bottom = margins[index][1] if margins else self.options.bottom
            # Odoo's script takes the 4th part between dots for the document's number
            webpage = path.name if "." in str(path.parent) else str(path)
            for sitepage in range(1, count + 1):
                number += 1
                variables = {"page": number, "topage": sum(counts), "webpage": webpage}
                variables.update(sitepage=sitepage, sitepages=count)
                yield self._frames(variables, bottom)

    def _frames(self, page: dict[str, Any], bottom: float) -> list[dict[str, Any]]:
        options = self.options
        now = datetime.now().astimezone()
        variables = {
            **{"section": "", "subsection": "", "subsubsection": "", "frompage": 1},
            **{"title": options.values.get("--title", ""), "doctitle": ""},
            **{"date": f"{now:%x}", "isodate": f"{now:%Y-%m-%d}", "time": f"{now:%X}"},
            **page,
        }
        query = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in variables.items())
        head = options.top - options.header_spacing
        foot = options.height - bottom + options.footer_spacing
        places = (("header", options.header, head), ("footer", options.footer, foot))
        return [
            {
                "kind": kind,
                "top": options.pixels(line),
                "url": f"{self._addresses[path]}?{query}",
            }
            for kind, path, line in places
            if path
        ]


def _timeout() -> float:
    text = os.environ.get("CHROMIUM_PDF_TIMEOUT") or str(TIMEOUT)
    with suppress(ValueError):
        if float(text) > 0:
            return float(text)
    raise UsageError(f"CHROMIUM_PDF_TIMEOUT: {text!r} is no number of seconds")


def _on_signal(number: int, frame: object) -> None:
    # an exception, so that the browser is ended and its profile removed
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _on_signal)
    try:
        if {"--version", "-V"} & set(arguments):
            find_chromium()  # without it Odoo shall see that printing is broken
            print(VERSION)
            return 0
        if Printer(parse(arguments), _timeout()).run():
            return 0
        warn("the PDF is written, but incomplete")
        return 1
    except (UsageError, BrowserError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
