# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmScoreVersion(models.Model):
    """Would these rules have told the leads that were won from those that were lost?

    Every closed lead is scored as of two weeks after it came in, or the day before it
    closed if that was earlier: what happened later is not known to the test. Fit is
    judged by the fields as they are today.
    """

    _inherit = "crm.score.version"

    def action_backtest(self):
        """Score the closed leads of two years and write the AUC down.

        :raises UserError: fewer than five won or five lost leads
        """
        for version in self:
            version._backtest()
        return True

    def _backtest(self):
        self.ensure_one()
        self.env.flush_all()
        leads = self.env["crm.lead"].sudo()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT t.id, l.won_status = 'won', t.fit, t.engagement"
                " FROM totals t JOIN crm_lead l ON l.id = t.id",
                leads._get_score_ctes(self, self._get_backtest_scope()),
            )
        )
        won = sum(1 for row in rows if row[1])
        if min(won, len(rows) - won) < 5:
            raise UserError(
                self.env._(
                    "%(won)s won and %(lost)s lost leads in two years are too few to"
                    " test with: at least five of each are needed.",
                    won=won,
                    lost=len(rows) - won,
                )
            )
        odoo = self._get_odoo_odds([row[0] for row in rows])
        labels = [row[1] for row in rows]
        self.write(
            {
                "tested_at": fields.Datetime.now(),
                "test_won": won,
                "test_lost": len(rows) - won,
                "auc_fit": _auc([row[2] for row in rows], labels),
                "auc_engagement": _auc([row[3] for row in rows], labels),
                "auc_score": _auc([row[2] + row[3] for row in rows], labels),
                "auc_odoo": _auc([odoo.get(row[0], 0.0) for row in rows], labels),
            }
        )

    def _get_backtest_scope(self):
        company = SQL("TRUE")
        if self.company_id:
            company = SQL("l.company_id = %s", self.company_id.id)
        return SQL(
            "SELECT l.id, least(l.create_date + interval '14 days',"
            " l.date_closed - interval '1 day') AS at FROM crm_lead l"
            " WHERE l.won_status IN ('won', 'lost') AND l.date_closed"
            " > now() AT TIME ZONE 'UTC' - interval '730 days' AND %s",
            company,
        )

    def _get_odoo_odds(self, lead_ids):
        """:return: {lead id: log odds by Odoo's frequencies, without the stage}."""
        leads = self.env["crm.lead"].sudo()
        counts = defaultdict(lambda: [0.1, 0.1])  # Odoo's own smoothing
        totals = defaultdict(lambda: [0.1, 0.1])
        for entry in (
            self.env["crm.lead.scoring.frequency"]
            .sudo()
            .search([("variable", "!=", "stage_id")])
        ):
            for won, amount in enumerate((entry.lost_count, entry.won_count)):
                counts[entry.variable, entry.value][won] += amount
                totals[entry.variable][won] += amount
        odds = {}
        values = leads._pls_get_lead_pls_values(domain=[("id", "in", lead_ids)])
        for lead_id, entry in values.items():
            odds[lead_id] = 0.0
            for name, value in entry["values"]:
                if name not in totals or name in ("stage_id", "probability"):
                    continue
                lost, won = counts[name, str(value)]
                all_lost, all_won = totals[name]
                odds[lead_id] += math.log(won / all_won) - math.log(lost / all_lost)
        return odds


def _auc(scores, labels):
    """Area under the ROC curve by ranks (Mann-Whitney), ties count half."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, start = [0.0] * len(scores), 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for position in range(start, end):
            ranks[order[position]] = (start + end + 1) / 2
        start = end
    won = sum(labels)
    total = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return (total - won * (won + 1) / 2) / (won * (len(labels) - won))
