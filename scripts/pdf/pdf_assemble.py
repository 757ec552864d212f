# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Puts the printed bodies and the printed headers and footers into one PDF."""

import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from PyPDF2 import PageObject, PdfReader, PdfWriter
from PyPDF2.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

PRODUCER = "Chromium, bridged as wkhtmltopdf"


_DRAWING = re.compile(rb"(?<![^\s\])>])(?:BT|Do|sh|S|s|B|B\*|b|b\*)(?!\S)")
_FILL = re.compile(rb"(?<!\S)(?:f|F|f\*)(?!\S)")


def _is_blank(page: PageObject) -> bool:
    """Whether a page shows nothing but its background."""
    contents = page.get_contents()
    data = contents.get_data() if contents else b""
    return not _DRAWING.search(data) and len(_FILL.findall(data)) <= 1


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF held in memory."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def used_pages(pdf: bytes) -> int:
    """Number of its pages without blank ones at the end.

    Space below the last line of a document can make the browser begin another page.
    """
    pages = PdfReader(io.BytesIO(pdf)).pages
    count = len(pages)
    while count > 1 and _is_blank(pages[count - 1]):
        count -= 1
    return count


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)


def _form(writer: PdfWriter, overlay: PageObject) -> IndirectObject:
    """A page as a form: it can be drawn on another page as it is, unparsed."""
    contents = overlay.get_contents()
    stream = DecodedStreamObject()
    stream.set_data(contents.get_data() if contents else b"")
    form: StreamObject = stream.flate_encode()
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = overlay.mediabox
    form[NameObject("/Resources")] = overlay["/Resources"]
    return writer._add_object(form)


def _copied(container: DictionaryObject, key: str) -> DictionaryObject:
    """The dictionary under ``key``, no longer shared with other pages."""
    copy = DictionaryObject(container.get(key, DictionaryObject()).get_object())
    container[NameObject(key)] = copy
    return copy


def stamp(writer: PdfWriter, page: PageObject, overlay: PageObject) -> None:
    """Draw ``overlay`` on ``page``, with its links."""
    drawings = _copied(_copied(page, "/Resources"), "/XObject")
    drawings[NameObject("/HeaderFooter")] = _form(writer, overlay)
    own = page.get("/Contents", ArrayObject()).get_object()
    own = list(own) if isinstance(own, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject(
        [_stream(writer, b"q\n"), *own, _stream(writer, b"\nQ\nq /HeaderFooter Do Q\n")]
    )
    links = [
        link
        for link in overlay.get("/Annots", ArrayObject()).get_object()
        if link.get_object().get("/A", {}).get("/S") == "/URI"
    ]
    if links:
        annotations = page.get("/Annots", ArrayObject()).get_object()
        page[NameObject("/Annots")] = ArrayObject([*annotations, *links])


def _outline(writer: PdfWriter, entries: Iterable[tuple[str, int]], top: float) -> None:
    """One entry a document, in wkhtmltopdf's form.

    Odoo splits the file of several records at these: it wants them as a chain of
    names in the catalogue's /Dests, each with the *number* of its page.
    """
    root = DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
    root_reference = writer._add_object(root)
    targets = DictionaryObject()
    nodes: list[tuple[IndirectObject, DictionaryObject]] = []
    for number, (title, page) in enumerate(entries):
        name = NameObject(f"/document_{number}")
        targets[name] = ArrayObject(
            [
                NumberObject(page),
                NameObject("/XYZ"),
                NumberObject(0),
                NumberObject(int(top)),
                NumberObject(0),
            ]
        )
        node = DictionaryObject()
        node[NameObject("/Title")] = TextStringObject(title)
        node[NameObject("/Parent")] = root_reference
        node[NameObject("/Dest")] = name
        node[NameObject("/Count")] = NumberObject(0)
        nodes.append((writer._add_object(node), node))
    for (before, left), (after, right) in zip(nodes, nodes[1:], strict=False):
        left[NameObject("/Next")] = after
        right[NameObject("/Prev")] = before
    root[NameObject("/First")] = nodes[0][0]
    root[NameObject("/Last")] = nodes[-1][0]
    root[NameObject("/Count")] = NumberObject(len(nodes))
    catalogue = writer._root_object
    catalogue[NameObject("/Outlines")] = root_reference
    catalogue[NameObject("/Dests")] = writer._add_object(targets)


def assemble(
    bodies: Sequence[tuple[bytes, int]],
    titles: Sequence[str],
    overlays: Sequence[bytes],
    output: Path,
    title: str,
    outline: bool = True,
) -> None:
    """Write the result.

    :param bodies: a PDF a document, with the number of its pages to use
    :param titles: the documents' names in the outline
    :param overlays: PDFs whose pages, one after the other, belong on the pages of
        the bodies; empty without header and footer
    """
    writer = PdfWriter()
    over = (p for pdf in overlays for p in PdfReader(io.BytesIO(pdf)).pages)
    entries: list[tuple[str, int]] = []
    total = 0
    top = 0.0
    for (body, count), name in zip(bodies, titles, strict=True):
        entries.append((name, total))
        for page in islice(PdfReader(io.BytesIO(body)).pages, count):
            writer.add_page(page)  # the very object: changes below are written
            top = float(page.mediabox.top)
            if overlays:
                stamp(writer, page, next(over))
            total += 1
    if outline:
        _outline(writer, entries, top)
    writer.add_metadata({"/Title": title, "/Producer": PRODUCER})
    with output.open("wb") as file:
        writer.write(file)
