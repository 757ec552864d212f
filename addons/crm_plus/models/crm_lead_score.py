# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

_SCOPE = SQL("(SELECT id FROM scope)")


class CrmLead(models.Model):
    """Fit and engagement of a lead, beside Odoo's probability.

    Scores are written in SQL for all leads at once, by the cron and the button: no
    compute, no tracking, nothing on the way of somebody who edits a lead.
    """

    _inherit = "crm.lead"

    score_fit = fields.Integer("Fit", readonly=True, copy=False, aggregator="avg")
    score_engagement = fields.Integer(
        "Engagement", readonly=True, copy=False, aggregator="avg"
    )
    score_total = fields.Integer(
        "Score",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Half fit, half engagement",
    )
    score_grade = fields.Char(
        "Grade",
        size=2,
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="A to C: how well the lead fits; 1 to 3: how engaged it is.",
    )
    score_why = fields.Json(readonly=True, copy=False)
    score_version_id = fields.Many2one(
        "crm.score.version", "Scoring", readonly=True, copy=False, ondelete="set null"
    )
    scored_at = fields.Datetime(readonly=True, copy=False)
    score_reasons = fields.Html("Why This Score", compute="_compute_score_reasons")

    @api.depends("score_why")
    @api.depends_context("lang")
    def _compute_score_reasons(self):
        ids = {entry[0] for lead in self for entry in lead.score_why or []}
        # rules are the manager's; everybody may know why their lead is an A
        rules = {
            rule.id: rule
            for rule in self.env["crm.score.rule"].sudo().browse(ids).exists()
        }
        for lead in self:
            lines = [
                (rules[rule_id].name, rules[rule_id].kind, points)
                for rule_id, points in lead.score_why or []
                if rule_id in rules
            ]
            lead.score_reasons = lines and self.env["ir.qweb"]._render(
                "crm_plus.crm_lead_score_reasons", {"lead": lead, "lines": lines}
            )

    def action_score_now(self):
        """Compute the scores of these leads again."""
        self.check_access("read")
        self.sudo()._refresh_scores(self)
        return True

    @api.model
    def _cron_refresh_scores(self):
        self._refresh_scores()

    @api.model
    def _refresh_scores(self, leads=None):
        """Score the open leads, or ``leads``; constant in the number of leads."""
        self.env.flush_all()
        for version in self.env["crm.score.version"].search([("state", "=", "active")]):
            scope = self._get_score_scope(version, leads)
            self.env.cr.execute(self._get_score_update(version, scope))
        self.invalidate_model(
            ["score_fit", "score_engagement", "score_total", "score_grade"]
            + ["score_why", "score_version_id", "scored_at"]
        )
        self._copy_scores_to_snapshots()

    @api.model
    def _get_score_scope(self, version, leads):
        """:return: SQL select (id, as of when) of the leads a version scores."""
        own = SQL("l.company_id = %s", version.company_id.id)
        if not version.company_id:
            own = SQL(
                "(l.company_id IS NULL OR l.company_id NOT IN (SELECT company_id FROM"
                " crm_score_version WHERE state = 'active' AND company_id IS NOT NULL))"
            )
        chosen = SQL("l.active AND l.won_status = 'pending'")
        if leads is not None:
            chosen = SQL("l.id IN %s", tuple(leads.ids) or (0,))
        return SQL(
            "SELECT l.id, %s::timestamp AS at FROM crm_lead l WHERE %s AND %s",
            fields.Datetime.now(),
            own,
            chosen,
        )

    @api.model
    def _get_score_update(self, version, scope):
        return SQL(
            """
            WITH %(ctes)s
            UPDATE crm_lead l SET
                score_fit = t.fit, score_engagement = t.engagement,
                score_total = (t.fit + t.engagement) / 2,
                score_grade = CASE WHEN t.fit >= %(a)s THEN 'A'
                    WHEN t.fit >= %(b)s THEN 'B' ELSE 'C' END
                    || CASE WHEN t.engagement >= %(one)s THEN '1'
                    WHEN t.engagement >= %(two)s THEN '2' ELSE '3' END,
                score_why = t.why, score_version_id = %(version)s,
                scored_at = now() AT TIME ZONE 'UTC'
            FROM totals t
            WHERE t.id = l.id
              AND (l.score_fit, l.score_engagement, l.score_version_id, l.score_why)
                  IS DISTINCT FROM (t.fit, t.engagement, %(version)s, t.why)
            """,
            ctes=self._get_score_ctes(version, scope),
            a=version.fit_a,
            b=version.fit_b,
            one=version.engagement_1,
            two=version.engagement_2,
            version=version.id,
        )

    @api.model
    def _get_score_ctes(self, version, scope):
        """:return: SQL of common tables up to totals(id, fit, engagement, why)"""
        return SQL(
            """
            scope AS (%(scope)s),
            hits(id, rule_id, points) AS (%(hits)s),
            ruled AS (
                SELECT id, rule_id, sum(points) AS points FROM hits GROUP BY 1, 2
            ), grouped AS (
                SELECT r.id, g.kind, least(g.cap, sum(r.points)) AS points
                FROM ruled r JOIN crm_score_rule s ON s.id = r.rule_id
                JOIN crm_score_group g ON g.id = s.group_id
                GROUP BY r.id, g.id, g.kind, g.cap
            ), reasons AS (
                SELECT id, jsonb_agg(jsonb_build_array(rule_id, round(points)::int)
                    ORDER BY abs(points) DESC, rule_id) AS why
                FROM ruled WHERE round(points) <> 0 GROUP BY id
            ), totals AS (
                SELECT s.id, %(fit)s AS fit, %(engagement)s AS engagement, r.why
                FROM scope s LEFT JOIN grouped g ON g.id = s.id
                LEFT JOIN reasons r ON r.id = s.id GROUP BY s.id, r.why
            )
            """,
            scope=scope,
            hits=SQL(" UNION ALL ").join(
                self._get_fit_hits(version) + self._get_engagement_hits(version)
            ),
            fit=self._sql_side("fit"),
            engagement=self._sql_side("engagement"),
        )

    @api.model
    def _sql_side(self, kind):
        """Sum of one side, between 0 and 100."""
        return SQL(
            "greatest(0, least(100, round(COALESCE(sum(g.points)"
            " FILTER (WHERE g.kind = %s), 0))))::int",
            kind,
        )

    @api.model
    def _get_fit_hits(self, version):
        """:return: [SQL (lead id, rule id, points)]; a bad rule stops no other."""
        parts = [SQL("SELECT NULL::int, NULL::int, NULL::numeric WHERE false")]
        errors = []
        for rule in version.rule_ids.filtered(lambda rule: rule.kind == "fit"):
            error = version._find_error(rule._ask_condition)
            if error:
                errors.append(f"{rule.name}: {error}")
                _logger.info("Scoring rule %s is skipped: %s", rule.name, error)
            else:
                query = rule._get_lead_query()
                found = query.select(
                    SQL.identifier(query.table, "id"),
                    SQL("%s::int", rule.id),
                    SQL("%s::numeric", rule.points),
                )
                parts.append(
                    SQL("SELECT * FROM (%s) f(id, r, p) WHERE id IN %s", found, _SCOPE)
                )
            if rule.error != error:
                rule.error = error
        version._note_error("; ".join(errors) or False)
        return parts

    @api.model
    def _get_engagement_hits(self, version):
        sources = self._get_engagement_sources()
        parts = []
        for rule in version.rule_ids.filtered(lambda rule: rule.event in sources):
            parts.append(
                SQL(
                    """
                    SELECT e.id, %(rule)s::int, %(points)s * power(0.5,
                        extract(epoch FROM s.at - e.at) / 86400.0 / %(half_life)s)
                    FROM (%(source)s) AS e(id, at) JOIN scope s ON s.id = e.id
                    WHERE e.at <= s.at AND e.at > s.at - %(window)s * interval '1 day'
                    """,
                    rule=rule.id,
                    points=rule.points,
                    half_life=version.half_life_days,
                    window=version.window_days,
                    source=sources[rule.event],
                )
            )
        return parts

    @api.model
    def _get_engagement_sources(self):
        """:return: {event: SQL select (lead id, UTC time)}; a hook for bridges.

        Selects may use the common table ``scope`` (id) to stay narrow.
        """
        viewed = self.env["ir.model.data"]._xmlid_to_res_id("sale.mt_order_viewed")
        website = self.env["ir.model.data"]._xmlid_to_res_id("utm.utm_medium_website")
        orders = SQL(
            "FROM sale_order o WHERE o.opportunity_id IN (SELECT id FROM scope)"
        )
        return {
            "mail": SQL(
                "SELECT m.res_id, m.date FROM mail_message m WHERE m.model = 'crm.lead'"
                " AND m.message_type = 'email' AND m.res_id IN (SELECT id FROM scope)"
                # what we answer from a mail program comes in as a mail, too
                " AND NOT EXISTS (SELECT 1 FROM res_users u"
                " WHERE u.partner_id = m.author_id AND NOT u.share)"
            ),
            "meeting": SQL(
                "SELECT c.opportunity_id, c.start FROM calendar_event c WHERE c.active"
                " AND c.opportunity_id IN (SELECT id FROM scope)"
            ),
            "quote": SQL("SELECT o.opportunity_id, o.create_date %s", orders),
            "viewed": SQL(
                "SELECT o.opportunity_id, m.date FROM mail_message m JOIN sale_order o"
                " ON o.id = m.res_id WHERE m.model = 'sale.order' AND m.subtype_id = %s"
                " AND o.opportunity_id IN (SELECT id FROM scope)",
                viewed or 0,
            ),
            "order": SQL(
                "SELECT o.opportunity_id, o.date_order %s AND o.state = 'sale'", orders
            ),
            "form": SQL(
                "SELECT l.id, l.create_date FROM crm_lead l WHERE l.medium_id = %s"
                " AND l.id IN (SELECT id FROM scope)",
                website or 0,
            ),
        }

    @api.model
    def _copy_scores_to_snapshots(self):
        """The customer's score is that of its best open lead."""
        self.env["customer.snapshot"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH best AS (
                    SELECT DISTINCT ON (p.commercial_partner_id, k.id)
                        p.commercial_partner_id AS partner_id, k.id AS company_id,
                        l.score_fit, l.score_engagement, l.score_grade
                    FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    JOIN res_company k ON k.id = COALESCE(l.company_id, k.id)
                    WHERE l.active AND l.won_status = 'pending'
                      AND l.score_grade IS NOT NULL
                    ORDER BY p.commercial_partner_id, k.id, l.score_total DESC, l.id
                )
                UPDATE customer_snapshot c SET score_fit = b.score_fit,
                    score_engagement = b.score_engagement, score_grade = b.score_grade
                FROM customer_snapshot s LEFT JOIN best b
                    ON b.partner_id = s.partner_id AND b.company_id = s.company_id
                WHERE s.id = c.id
                  AND (c.score_fit, c.score_engagement, c.score_grade) IS DISTINCT FROM
                      (b.score_fit, b.score_engagement, b.score_grade)
                """
            )
        )
        self.env["customer.snapshot"].invalidate_model(
            ["score_fit", "score_engagement", "score_grade"]
        )
