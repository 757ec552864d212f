# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountMove(models.Model):
    """An invoice; here: the member it is for."""

    _name = "account.move"
    _inherit = ["account.move", "distribution.document.mixin"]
