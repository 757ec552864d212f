# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..models.stock_picking_floor_print import FLOOR_PARTS


class Floor(http.Controller):
    """Documents of the warehouse floor."""

    @http.route(
        "/order_management/floor/documents",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def documents(self, ids="", parts="", **kwargs):
        """Pick list, slips and labels of some transfers as one PDF.

        Transfers one may not see do not exist for whoever asks.
        """
        # what is longer is no id, and more than the database can look for
        parts_of_ids = (part for part in ids.split(",") if len(part) < 10)
        wanted = [int(part) for part in parts_of_ids if part.isdecimal()]
        chosen = [part for part in FLOOR_PARTS if part in parts.split(",")]
        pickings = request.env["stock.picking"].browse(dict.fromkeys(wanted))
        try:
            content = pickings._render_floor_documents(chosen or FLOOR_PARTS)
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(
                str(error), [("Content-Type", "text/plain; charset=utf-8")], status=400
            )
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", 'inline; filename="floor.pdf"'),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
