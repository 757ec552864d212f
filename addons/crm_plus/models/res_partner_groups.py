# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What customers are grouped by: age, and by Odoo's own industry and region."""

    _inherit = "res.partner"

    birth_date = fields.Date(copy=False)
    age = fields.Integer(compute="_compute_age", help="Full years today")
    age_band = fields.Selection(
        [
            ("0", "Under 18"),
            ("18", "18 to 24"),
            ("25", "25 to 34"),
            ("35", "35 to 44"),
            ("45", "45 to 54"),
            ("55", "55 to 64"),
            ("65", "65 and over"),
        ],
        compute="_compute_age",
        search="_search_age_band",
    )

    @api.model
    def _get_age_bands(self):
        """:return: [(key, first year of age)], rising."""
        bands = self._fields["age_band"].selection
        return [(key, int(key)) for key, _label in bands]

    @api.depends("birth_date")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        bands = self._get_age_bands()
        for partner in self:
            born = partner.birth_date
            if not born:
                partner.age = 0
                partner.age_band = False
                continue
            passed = (today.month, today.day) >= (born.month, born.day)
            partner.age = today.year - born.year - (not passed)
            partner.age_band = next(
                (key for key, first in reversed(bands) if first <= partner.age), False
            )

    def _search_age_band(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["birth_date"])  # read by SQL below
        keys = [key for key in value if key]
        bands = self._sql_age_band(SQL("birth_date"))
        found = SQL(
            "(SELECT id FROM res_partner WHERE %s IN %s)", bands, tuple(keys) or (None,)
        )
        domain = fields.Domain("id", "in", found)
        if False in value:
            domain |= fields.Domain("birth_date", "=", False)
        return domain

    @api.model
    def _sql_age_band(self, birth_date):
        """:return: the key of the age band of a column with the date of birth."""
        age = SQL("extract(year FROM age(%s))", birth_date)
        cases = SQL(" ").join(
            SQL("WHEN %s >= %s THEN %s", age, first, key)
            for key, first in reversed(self._get_age_bands())
        )
        return SQL("CASE WHEN %s IS NULL THEN NULL %s END", birth_date, cases)
