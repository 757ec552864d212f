# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class StockWaveBuild(models.TransientModel):
    """What the rules would build now, before they do."""

    _name = "stock.wave.build"
    _description = "Build Waves"

    rule_ids = fields.Many2many("stock.wave.rule", string="Rules", required=True)
    line_ids = fields.One2many("stock.wave.build.line", "build_id", readonly=True)
    delivery_count = fields.Integer("Deliveries in Waves", readonly=True)
    left_count = fields.Integer(
        "Deliveries Left",
        readonly=True,
        help="Ready and in no wave, also after these are built.",
    )

    @api.model
    def _open(self, rules=None):
        """Open the preview of these rules, by default of all of the companies.

        :raises UserError: there is no rule
        """
        if rules is None:
            rules = self.env["stock.wave.rule"].search(
                [("company_id", "in", self.env.companies.ids)]
            )
        if not rules:
            raise UserError(
                self.env._(
                    "There is no rule for waves yet. A manager makes them under Order "
                    "Hub / Configuration / Wave Rules."
                )
            )
        build = self.create({"rule_ids": [Command.set(rules.ids)]})
        return build.action_preview()

    def action_preview(self):
        """Plan again with the chosen rules; nothing is built."""
        self.ensure_one()
        plan = self.rule_ids._plan()
        planned = sum(len(row["pickings"]) for row in plan)
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(Command.create(self._prepare_line_vals(row)) for row in plan),
                ],
                "delivery_count": planned,
                # rules may take internal transfers, which are not counted as ready
                "left_count": max(0, self._count_ready() - planned),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Build Waves"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_build(self):
        """Build the waves, and open them.

        :raises UserError: there is nothing to build
        """
        self.ensure_one()
        waves = self.rule_ids._build()
        if not waves:
            raise UserError(
                self.env._(
                    "No delivery is ready that these rules want, or as many waves are "
                    "open as they allow."
                )
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management_stock_picking_batch.stock_wave_action"
        )
        # a name of its own: the list of all waves is one step back
        name = self.env._("New Waves")
        domain = [("id", "in", waves.ids)]
        return {**action, "name": name, "domain": domain, "context": {}, "path": False}

    def _count_ready(self):
        pickings = self.env["stock.picking"]
        domain = Domain("company_id", "in", self.rule_ids.company_id.ids)
        domain &= Domain("state", "=", "assigned")
        domain &= Domain("picking_type_id.code", "=", "outgoing")
        return pickings.search_count(domain & pickings._get_free_domain())

    @api.model
    def _prepare_line_vals(self, row):
        return {
            "name": row["label"],
            "rule_id": row["rule"].id,
            "delivery_count": len(row["pickings"]),
            "line_count": row["lines"],
            "weight": row["weight"],
            "due_at": row["due_at"],
            "user_id": row["user"].id,
        }
