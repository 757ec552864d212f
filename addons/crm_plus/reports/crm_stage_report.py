# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class CrmStageReport(models.Model):
    """One lead in one stage it was ever in, and how it ended: conversion by stage."""

    _name = "crm.stage.report"
    _description = "Conversion by Stage"
    _auto = False
    _order = "created_at desc, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    stage_id = fields.Many2one("crm.stage", "Stage Reached", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    created_at = fields.Datetime("Created", readonly=True)
    lead_count = fields.Integer("Reached", readonly=True)
    won_count = fields.Integer("Won", readonly=True)
    lost_count = fields.Integer("Leads Lost", readonly=True)
    conversion = fields.Float(
        "Won of Closed (%)",
        readonly=True,
        aggregator="avg",
        help="Of the leads that reached this stage and are closed, how many were won",
    )

    @property
    def _table_query(self):
        field = self.env["ir.model.fields"].sudo()._get("crm.lead", "stage_id")
        return SQL(
            """
            SELECT l.id::bigint * 10000 + r.stage_id AS id, l.id AS lead_id, r.stage_id,
                l.user_id, l.team_id, l.company_id, l.source_id, l.country_id,
                l.create_date AS created_at, 1 AS lead_count,
                (l.won_status = 'won')::int AS won_count,
                (l.won_status = 'lost')::int AS lost_count,
                CASE l.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END
                    AS conversion
            FROM (
                SELECT id AS lead_id, stage_id FROM crm_lead
                UNION SELECT m.res_id, v.old_value_integer
                FROM mail_tracking_value v JOIN mail_message m
                    ON m.id = v.mail_message_id AND m.model = 'crm.lead'
                WHERE v.field_id = %(field)s
                UNION SELECT m.res_id, v.new_value_integer
                FROM mail_tracking_value v JOIN mail_message m
                    ON m.id = v.mail_message_id AND m.model = 'crm.lead'
                WHERE v.field_id = %(field)s
            ) r
            JOIN crm_lead l ON l.id = r.lead_id
            JOIN crm_stage s ON s.id = r.stage_id
            WHERE r.stage_id < 10000
            """,
            field=field.id,
        )
