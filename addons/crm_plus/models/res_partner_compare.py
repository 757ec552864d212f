# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_datetime


class ResPartner(models.Model):
    """Values of a contact as words, for people who compare two of them."""

    _inherit = "res.partner"

    def _format_for_compare(self, name):
        """:return: the value of a field as a person reads it, "" where it is empty."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "datetime":
            return format_datetime(self.env, value) if value else ""
        return str(value or "")
