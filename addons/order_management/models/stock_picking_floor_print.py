# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import re
from collections import defaultdict
from urllib.parse import urlencode

from PIL import Image

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader, merge_pdf

_LABEL_TYPES = ("application/pdf", "image/png", "image/jpeg", "image/gif")
#: the parts of a print, in this order
FLOOR_PARTS = ("list", "slips", "labels")
_MOST = 300


class StockPicking(models.Model):
    """A transfer; here: pick list, slips and shipping labels in one document."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def action_print_floor(self):
        """Open pick list, slips and shipping labels of these transfers as one PDF.

        :raises UserError: too many at once
        """
        self._check_floor_print()
        return {
            "type": "ir.actions.act_url",
            "url": self._get_floor_print_url(",".join(FLOOR_PARTS)),
            "target": "new",
        }

    def _check_floor_print(self):
        self._check_scanner()
        self.check_access("read")
        if not self or len(self) > _MOST:
            raise UserError(
                self.env._(
                    "Print between 1 and %(most)s transfers at once.", most=_MOST
                )
            )

    def _get_floor_print_url(self, parts):
        ids = ",".join(map(str, self.ids))
        query = urlencode({"ids": ids, "parts": parts}, safe=",")
        return f"/order_management/floor/documents?{query}"

    def _render_floor_documents(self, parts=FLOOR_PARTS):
        """What the floor needs of these transfers, as one PDF.

        The pick list comes first, in the order of the places. Then, transfer by
        transfer, the slip with its label behind it, so that a stack of paper is a
        stack of parcels.

        :param parts: some of `FLOOR_PARTS`
        :return: bytes of a PDF
        """
        self._check_floor_print()
        labels = self._get_label_pages() if "labels" in parts else {}
        slips = self._render_slips() if "slips" in parts else {}
        documents = []
        if "list" in parts or ("labels" in parts and set(self.ids) - labels.keys()):
            documents.append(self._render_pick_list(parts, labels))
        if None in slips:
            documents.append(slips.pop(None))
        for picking in self:
            if picking.id in slips:
                documents.append(slips[picking.id])
            documents += labels.get(picking.id, [])
        return merge_pdf(documents)

    def _render_pick_list(self, parts, labels):
        unlabelled = self.filtered(lambda picking: picking.id not in labels)
        data = {
            "has_list": "list" in parts,
            "unlabelled_ids": unlabelled.ids if "labels" in parts else [],
        }
        return self.env["ir.actions.report"]._render_qweb_pdf(
            "order_management.pick_list_report", self.ids, data=data
        )[0]

    def _render_slips(self):
        """``{transfer id: PDF}`` of the delivery slips, printed in one run; under None
        where the printer's output cannot be told apart."""
        streams = self.env["ir.actions.report"]._render_qweb_pdf_prepare_streams(
            "stock.action_report_delivery", {}, res_ids=self.ids
        )
        return {
            picking_id or None: data["stream"].getvalue()
            for picking_id, data in streams.items()
            if data["stream"]
        }

    # ------------------------------------------------------------ labels

    def _get_label_pages(self):
        """``{transfer id: [PDF, ...]}`` of the labels that can be printed."""
        pages = defaultdict(list)
        for attachment in self._get_label_attachments():
            document = _read_label(attachment.raw, attachment.mimetype)
            if document:
                pages[attachment.res_id].append(document)
        return dict(pages)

    def _get_label_attachments(self):
        """Hook: the shipping labels that carriers and channels left on these transfers,
        the last version of each.

        A label is an attachment whose name says so: Odoo's carriers begin it with
        `LabelShipping`, return labels are none of these.
        """
        found = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "stock.picking"),
                ("res_id", "in", self.ids),
                ("mimetype", "in", _LABEL_TYPES),
                ("name", "ilike", "label"),
            ],
            order="id",
        )
        last = {}
        for attachment in found:
            if not re.search(r"return", attachment.name, re.IGNORECASE):
                last[attachment.res_id, attachment.name] = attachment
        return found.browse(attachment.id for attachment in last.values())


def _read_label(content, mimetype):
    """A label as a PDF that can be merged; None for what no printer could print."""
    try:
        if mimetype.startswith("image/"):
            page = io.BytesIO()
            Image.open(io.BytesIO(content)).convert("RGB").save(page, format="PDF")
            content = page.getvalue()
        pages = PdfFileReader(io.BytesIO(content), strict=False).getNumPages()
        # as a trial: what cannot be merged would stop the whole print
        return merge_pdf([content]) if pages else None
    except Exception:  # any of the many errors of broken files: the label is missing
        return None
