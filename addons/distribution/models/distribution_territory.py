# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class DistributionTerritory(models.Model):
    """A region, area or route of the network, with who answers for it."""

    _name = "distribution.territory"
    _inherit = ["mail.thread"]
    _description = "Territory"
    _parent_name = "parent_id"
    _parent_store = True
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]
    _order = "complete_name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(index="trigram")
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, store=True
    )
    kind = fields.Selection(
        [("region", "Region"), ("area", "Area"), ("route", "Route Area")],
        required=True,
        default="area",
    )
    parent_id = fields.Many2one(
        "distribution.territory",
        "Part Of",
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("distribution.territory", "parent_id", "Parts")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        tracking=True,
        check_company=True,
        help="Who answers for this territory now.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another territory of this company has that code.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            above = territory.parent_id.complete_name
            territory.complete_name = (
                f"{above} / {territory.name}" if above else territory.name
            )
