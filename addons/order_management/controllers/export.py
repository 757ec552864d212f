# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.http import request

from odoo.addons.web.controllers.export import ExcelExport


class HubExcelExport(ExcelExport):
    """Odoo's spreadsheets of lists; here: of reports that know their averages."""

    def from_group_data(self, fields, columns_headers, groups):
        """Override of ``web``: averages of groups as the screen shows them."""
        model = groups._model
        if hasattr(model, "_set_export_averages"):
            wanted = json.loads(request.params["data"])
            ids = wanted["ids"]
            domain = [("id", "in", ids)] if ids else wanted["domain"]
            model._set_export_averages(groups, domain, wanted["groupby"])
        return super().from_group_data(fields, columns_headers, groups)
