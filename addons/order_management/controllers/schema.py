# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from ..neutral.schema import SCHEMA_PATH


class SchemaController(http.Controller):
    """What other systems read before they send anything."""

    @http.route(
        "/order_management/schema/neutral_order_v1.json",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def neutral_order_v1(self):
        """The JSON Schema of the neutral order, version 1."""
        return request.make_response(
            SCHEMA_PATH.read_bytes(),
            headers=[("Content-Type", "application/schema+json; charset=utf-8")],
        )
