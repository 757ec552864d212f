# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rfm import parse_cuts

_CUTS = ("rfm_recency_cuts", "rfm_frequency_cuts", "rfm_money_cuts")


class ResCompany(models.Model):
    """How a company tells its customers apart."""

    _inherit = "res.company"

    rfm_window_days = fields.Integer("RFM Window", default=365)
    rfm_method = fields.Selection(
        [("quantile", "Fifths of the Customers"), ("fixed", "Fixed Cut-Offs")],
        "RFM Scores",
        default="quantile",
        required=True,
    )
    rfm_recency_cuts = fields.Char(
        "Recency Cut-Offs",
        default="30, 90, 180, 270",
        help="Days since the last purchase: up to the first is 5, above the last 1.",
    )
    rfm_frequency_cuts = fields.Char(
        "Frequency Cut-Offs",
        default="1, 2, 4, 8",
        help="Purchases in the window: up to the first scores 1, above the last 5.",
    )
    rfm_money_cuts = fields.Char(
        "Money Cut-Offs",
        help="Money in the window, in the company's currency: up to the first scores 1,"
        " above the last 5. Empty: a quarter, half, once and twice the average.",
    )
    rfm_cuts = fields.Json(
        help="The cut-offs that scores were last computed with.", readonly=True
    )

    _rfm_window_check = models.Constraint(
        "CHECK (rfm_window_days > 0)", "The RFM window wants one day at least."
    )

    @api.constrains(*_CUTS)
    def _check_rfm_cuts(self):
        for company in self:
            for name in _CUTS:
                text = company[name]
                if not text and name == "rfm_money_cuts":
                    continue
                try:
                    parse_cuts(text or "")
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: write four numbers, the smallest first, such as"
                            ' "30, 90, 180, 270".',
                            field=self._fields[name].get_description(self.env)[
                                "string"
                            ],
                        )
                    ) from error
