# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL


class OrderReviewReport(models.Model):
    """One order: whether anybody had to touch it on its way to the warehouse."""

    _name = "order.review.report"
    _inherit = ["order.average.mixin"]
    _description = "Straight-through Orders"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "channel.order": ["accepted_codes", "sale_order_id"],
        "order.event": ["kind", "order_id", "res_model", "source", "to_state"],
        "order.review.hold": ["is_note", "order_id", "state"],
        "sale.order": [
            "company_id",
            "date_order",
            "is_channel_history",
            "is_channel_test",
            "partner_id",
            "review_state",
            "sale_channel_id",
            "state",
            "team_id",
            "user_id",
        ],
    }

    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    channel_id = fields.Many2one("sale.channel", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    date = fields.Datetime("Order Date", readonly=True)
    review_state = fields.Selection(
        [
            ("none", "Not Reviewed"),
            ("clean", "Clean"),
            ("held", "Held"),
            ("released", "Released"),
        ],
        "Review",
        readonly=True,
    )
    hold_count = fields.Integer("Holds", readonly=True)
    straight_through = fields.Float(
        "Straight Through %",
        readonly=True,
        aggregator="avg",
        help="Neither held nor approved or accepted by a person.",
    )
    held = fields.Float("Held %", readonly=True, aggregator="avg")
    overridden = fields.Float("Overridden %", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        # looked up order by order, by their indexes: a filter costs its orders only
        return SQL(
            """
            SELECT o.id, o.id AS order_id, o.company_id,
                o.sale_channel_id AS channel_id,
                o.partner_id, o.team_id, o.user_id, o.date_order AS date,
                o.review_state,
                hold.holds AS hold_count,
                CASE WHEN hold.holds > 0 THEN 100.0 ELSE 0.0 END AS held,
                CASE WHEN hold.overridden THEN 100.0 ELSE 0.0 END AS overridden,
                CASE WHEN hold.holds = 0 AND NOT EXISTS (
                    SELECT FROM order_event event
                    WHERE event.order_id = o.id AND event.kind = 'approval'
                      AND event.to_state = 'approved' AND event.source = 'user'
                ) AND NOT EXISTS (
                    SELECT FROM channel_order message
                    WHERE message.sale_order_id = o.id
                      AND message.accepted_codes IS NOT NULL
                ) THEN 100.0 ELSE 0.0 END AS straight_through
            FROM sale_order o
            CROSS JOIN LATERAL (
                SELECT count(*) AS holds,
                    bool_or(h.state = 'overridden') AS overridden
                FROM order_review_hold h
                WHERE h.order_id = o.id AND h.is_note IS NOT TRUE
            ) hold
            WHERE (o.state = 'sale' OR o.review_state = 'held' AND o.state <> 'cancel')
              AND o.is_channel_history IS NOT TRUE AND o.is_channel_test IS NOT TRUE
            """
        )
