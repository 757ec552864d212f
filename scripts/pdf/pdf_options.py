# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""wkhtmltopdf's command line, as far as Odoo uses it, and its geometry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pdf_page import warn

MM = 72 / 25.4  # points in a millimetre
UNITS = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 1 / MM, "px": 25.4 / 96, "": 1.0}

#: portrait width and height in millimetres; Odoo offers these
PAGE_SIZES = {
    **{
        f"A{i}": size
        for i, size in enumerate(
            [(841, 1189), (594, 841), (420, 594), (297, 420), (210, 297)]
            + [(148, 210), (105, 148), (74, 105), (52, 74), (37, 52)]
        )
    },
    **{
        f"B{i}": size
        for i, size in enumerate(
            [(1000, 1414), (707, 1000), (500, 707), (353, 500), (250, 353)]
            + [(176, 250), (125, 176), (88, 125), (62, 88), (44, 62), (31, 44)]
        )
    },
    "C5E": (163, 229),
    "Comm10E": (105, 241),
    "DLE": (110, 220),
    "Executive": (190.5, 254),
    "Folio": (210, 330),
    "Ledger": (431.8, 279.4),
    "Legal": (215.9, 355.6),
    "Letter": (215.9, 279.4),
    "Tabloid": (279.4, 431.8),
}
_SIZES_BY_LOWER = {name.lower(): size for name, size in PAGE_SIZES.items()}

#: points that one CSS pixel takes at zoom 1, measured on wkhtmltopdf with patched Qt:
#: its screen has 75 dpi, smart shrinking lays out 1.25 times the width of the page
POINTS_PER_PIXEL = 72 / 75
SHRINK = 1.25

SHORT = {
    "-s": "--page-size",
    "-O": "--orientation",
    "-T": "--margin-top",
    "-B": "--margin-bottom",
    "-L": "--margin-left",
    "-R": "--margin-right",
    "-d": "--dpi",
    "-q": "--quiet",
    "-V": "--version",
}
#: taken over as text; `--dpi` too, though wkhtmltopdf itself ignores it
WITH_VALUE = {
    *("--page-size", "--page-width", "--page-height", "--orientation"),
    *("--margin-top", "--margin-bottom", "--margin-left", "--margin-right"),
    *("--dpi", "--zoom", "--header-html", "--footer-html", "--cookie-jar"),
    *("--header-spacing", "--footer-spacing", "--javascript-delay"),
    *("--viewport-size", "--title"),
}
FLAGS = {
    *("--version", "--quiet", "--disable-smart-shrinking", "--print-media-type"),
    *("--enable-smart-shrinking", "--header-line", "--footer-line", "--no-outline"),
    *("--disable-local-file-access", "--no-header-line", "--no-footer-line"),
    *("--outline", "--background", "--enable-javascript", "--no-print-media-type"),
}
#: options of wkhtmltopdf that take values and that we warn about and leave out
IGNORED_VALUES = {
    **{f"--{at}-{side}": 1 for at in ("header", "footer") for side in
       ("left", "center", "right", "font-name", "font-size")},
    **dict.fromkeys(("--cookie", "--custom-header", "--replace", "--post"), 2),
    **dict.fromkeys(
        ("--encoding", "--image-dpi", "--image-quality", "--log-level", "--copies")
        + ("--outline-depth", "--page-offset", "--user-style-sheet", "--allow")
        + ("--load-error-handling", "--load-media-error-handling", "--run-script")
        + ("--window-status", "--minimum-font-size", "--username", "--password")
        + ("--proxy", "--bypass-proxy-for", "--cache-dir", "--checkbox-svg"),
        1,
    ),
}  # fmt: skip


class UsageError(Exception):
    """The command line can't be followed; the text says why and what to do."""


def millimetres(text: str, option: str) -> float:
    """A length such as ``52``, ``52.0mm`` or ``2in`` in millimetres."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d*)?)\s*(mm|cm|in|pt|px|)\s*", text.lower())
    if not match:
        raise UsageError(f"{option}: {text!r} is no length; write for instance 52mm")
    return float(match[1]) * UNITS[match[2]]


def _number(values: dict[str, str], option: str, default: float) -> float:
    try:
        return float(values.get(option, default))
    except ValueError:
        raise UsageError(f"{option}: {values[option]!r} is no number") from None


@dataclass
class Options:
    """One call. Lengths are millimetres, ``delay`` is seconds."""

    inputs: list[Path]
    output: Path
    values: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    def _length(self, option: str, default: float) -> float:
        return millimetres(self.values.get(option, str(default)), option)

    def _file(self, option: str) -> Path | None:
        return Path(self.values[option]) if self.values.get(option) else None

    def __post_init__(self) -> None:
        """Read everything once, so that a bad value is reported before printing."""
        self.width, self.height = self._page()
        self.top = self._length("--margin-top", 10)
        self.bottom = self._length("--margin-bottom", 10)
        self.left = self._length("--margin-left", 10)
        self.right = self._length("--margin-right", 10)
        self.header_spacing = _number(self.values, "--header-spacing", 0)
        self.footer_spacing = _number(self.values, "--footer-spacing", 0)
        self.delay = _number(self.values, "--javascript-delay", 200) / 1000
        self.zoom = _number(self.values, "--zoom", 1)
        self.header = self._file("--header-html")
        self.footer = self._file("--footer-html")
        self.cookie_jar = self._file("--cookie-jar")
        self.viewport = self._viewport()
        self._check()

    def _page(self) -> tuple[float, float]:
        name = self.values.get("--page-size", "A4")
        if name.lower() not in _SIZES_BY_LOWER:
            known = ", ".join(PAGE_SIZES)
            raise UsageError(f"--page-size: {name!r} is unknown; known are {known}")
        width, height = _SIZES_BY_LOWER[name.lower()]
        width = self._length("--page-width", width)
        height = self._length("--page-height", height)
        orientation = self.values.get("--orientation", "portrait").lower()
        if orientation not in ("portrait", "landscape"):
            raise UsageError("--orientation must be Portrait or Landscape")
        return (height, width) if orientation == "landscape" else (width, height)

    def _viewport(self) -> tuple[int, int]:
        """Size that media queries see; wkhtmltopdf has 0 x 0 unless it is told."""
        text = self.values.get("--viewport-size", "0x0")
        match = re.fullmatch(r"(\d+)x(\d+)", text.strip().lower())
        if not match:
            raise UsageError(f"--viewport-size: {text!r} should be like 1280x1024")
        return int(match[1]), int(match[2])

    def _check(self) -> None:
        if not self.width > self.left + self.right:
            raise UsageError("the left and right margins leave no room on the page")
        if not self.height > self.top + self.bottom:
            raise UsageError("the top and bottom margins leave no room on the page")
        if self.zoom <= 0:
            raise UsageError("--zoom must be more than 0")
        for path in [*self.inputs, self.header, self.footer, self.cookie_jar]:
            if path is not None and not path.is_file():
                raise UsageError(f"{path}: no such file (addresses aren't supported)")

    @property
    def scale(self) -> float:
        """What Chromium calls scale: 1 is 96 CSS pixels an inch; it takes 0.1 to 2."""
        points = POINTS_PER_PIXEL * self.zoom
        if "--disable-smart-shrinking" not in self.flags:
            points /= SHRINK
        return min(2.0, max(0.1, points / 0.75))

    def pixels(self, length: float) -> float:
        """``length`` (mm) in the CSS pixels of a page printed at our scale."""
        return length * MM / (0.75 * self.scale)


def _unknown(name: str, rest: list[str]) -> int:
    """How many of ``rest`` belong to an option we don't have, after a warning."""
    warn(f"option {name} is not supported and ignored")
    if name in IGNORED_VALUES:
        return IGNORED_VALUES[name]
    # A stranger: the last word is the output, and a file that is there is an input
    takes = len(rest) > 2 and not rest[0].startswith("-") and not Path(rest[0]).exists()
    return int(takes)


def parse(arguments: Sequence[str]) -> Options:
    """Understand a command line of wkhtmltopdf.

    :raises UsageError: inputs or the output are missing, a value can't be read
    """
    values: dict[str, str] = {}
    flags: set[str] = set()
    files: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name = SHORT.get(word, word)
        if not word.startswith("-") or word == "-":
            files.append(word)
        elif name in WITH_VALUE:
            if not rest:
                raise UsageError(f"{name} needs a value")
            values[name] = rest.pop(0)
        elif name in FLAGS:
            flags.add(name)
        else:
            del rest[: _unknown(name, rest)]
    files = [name for name in files if name != "page"]
    if len(files) < 2 or "-" in files:
        raise UsageError("name at least one HTML file and, last, the PDF to write")
    return Options([Path(f) for f in files[:-1]], Path(files[-1]), values, flags)
