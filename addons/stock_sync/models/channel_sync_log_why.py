# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models


class ChannelSyncLog(models.Model):
    """An entry; here: how the quantity that was sent came about, in sentences."""

    _inherit = "channel.sync.log"

    steps_html = fields.Html("Step by Step", compute="_compute_steps_html")

    @api.depends("kind", "trace")
    @api.depends_context("lang")
    def _compute_steps_html(self):
        texts = self.env["channel.stock.publisher"]._get_step_texts()
        for entry in self:
            steps = entry._get_stock_steps(texts)
            items = Markup("").join(
                Markup("<li>%s</li>") % (texts[code] % {"value": value, "left": left})
                for code, value, left in steps
            )
            entry.steps_html = items and Markup("<ol class='mb-0'>%s</ol>") % items

    def _get_stock_steps(self, texts):
        """``[(code, value, left)]``; none where the trace is something else."""
        trace = self.trace if self.kind == "stock" else None
        if not isinstance(trace, list):
            return []
        fits = all(
            isinstance(step, list) and len(step) == 3 and step[0] in texts
            for step in trace
        )
        return trace if fits else []
