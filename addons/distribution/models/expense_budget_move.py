# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_LINKS = (
    "expense_line_id",
    "account_move_id",
    "stock_move_id",
    "transfer_id",
    "budget_id",
)


class ExpenseBudgetMove(models.Model):
    """One change of one counter of a budget line: append-only, as history is."""

    _name = "expense.budget.move"
    _inherit = ["order.history.mixin"]
    _description = "Budget Movement"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _check_company_auto = True
    _BLANKABLE = ("reason", *_LINKS)

    line_id = fields.Many2one(
        "expense.budget.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    centre_id = fields.Many2one(related="line_id.centre_id")
    type_id = fields.Many2one(related="line_id.type_id")
    month = fields.Date(related="line_id.month")
    kind = fields.Selection(
        [
            ("plan", "Planned"),
            ("top_up", "Topped up"),
            ("transfer_out", "Transferred away"),
            ("transfer_in", "Transferred here"),
            ("carry", "Carried over"),
            ("request", "Requested"),
            ("commit", "Approved"),
            ("actual", "Spent"),
            ("release", "Given back"),
        ],
        required=True,
        readonly=True,
    )
    counter = fields.Selection(
        [
            ("planned", "Planned"),
            ("topped_up", "Topped Up"),
            ("transferred", "Transferred"),
            ("carried", "Carried Over"),
            ("requested", "Requested"),
            ("committed", "Committed"),
            ("actual", "Actual"),
        ],
        "Figure",
        required=True,
        readonly=True,
    )
    amount = fields.Monetary("Change", required=True, readonly=True)
    # what made it; history outlives it
    expense_line_id = fields.Many2one(
        "sales.expense.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    expense_id = fields.Many2one(related="expense_line_id.expense_id")
    account_move_id = fields.Many2one(
        "account.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    stock_move_id = fields.Many2one(
        "stock.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    transfer_id = fields.Many2one(
        "expense.budget.transfer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    budget_id = fields.Many2one(
        "expense.budget",
        "Version",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    moved_at = fields.Datetime("Time", required=True, readonly=True)
    reason = fields.Char(readonly=True)
    key = fields.Char(
        "Idempotency Key",
        required=True,
        readonly=True,
        help="Names the change: the same key is never counted twice.",
    )

    _key_uniq = models.Constraint(
        "UNIQUE (key)", "This budget movement has been counted already."
    )
    _kind_check = models.Constraint(
        "CHECK (amount <> 0 AND CASE kind"
        " WHEN 'plan' THEN counter = 'planned'"
        " WHEN 'top_up' THEN counter = 'topped_up' AND amount > 0"
        " WHEN 'transfer_out' THEN counter = 'transferred' AND amount < 0"
        " WHEN 'transfer_in' THEN counter = 'transferred' AND amount > 0"
        " WHEN 'carry' THEN counter = 'carried'"
        " ELSE counter IN ('requested', 'committed', 'actual') END)",
        "The figure of this budget movement does not fit its kind.",
    )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refused: movements are made together with the counters, by `_book`.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "Budget movements are written by the system. Ask for a transfer or a "
                "top-up instead."
            )
        )

    @api.model
    def _get_known_keys(self, rows):
        found = self.env.execute_query(
            SQL(
                "SELECT key FROM expense_budget_move WHERE key = ANY(%s)",
                [row["key"] for row in rows],
            )
        )
        return {key for (key,) in found}

    @api.model
    def _insert(self, rows):
        """Write movements in one statement; the counters are the caller's business.

        :return: the movements, in order
        """
        columns = ("line_id", *_LINKS)
        texts = ("kind", "counter", "reason", "key")
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO expense_budget_move (company_id, user_id, moved_at, amount,
                    %(names)s)
                SELECT line.company_id, %(user)s, %(now)s, new.amount, %(values)s
                FROM unnest(%(amounts)s::numeric[], %(ids)s, %(texts)s)
                    WITH ORDINALITY AS new(amount, %(names)s, position)
                JOIN expense_budget_line line ON line.id = new.line_id
                ORDER BY new.position
                RETURNING id
                """,
                names=SQL(", ").join(map(SQL.identifier, (*columns, *texts))),
                values=SQL(", ").join(
                    SQL.identifier("new", name) for name in (*columns, *texts)
                ),
                user=self.env.uid,
                now=fields.Datetime.now(),
                amounts=[repr(round(row["amount"], 6)) for row in rows],
                ids=SQL(", ").join(
                    SQL("%s::int[]", [row.get(name) or None for row in rows])
                    for name in columns
                ),
                texts=SQL(", ").join(
                    SQL("%s::text[]", [row.get(name) or None for row in rows])
                    for name in texts
                ),
            )
        )
        self.env["expense.budget.line"].invalidate_model(["move_ids"])
        return self.sudo().browse(move_id for (move_id,) in found)

    def action_open_source(self):
        """Open what made this movement."""
        self.ensure_one()
        for name in ("account_move_id", "expense_id", "stock_move_id", "transfer_id"):
            if self[name]:
                return self[name].get_formview_action()
        return (self.budget_id or self.line_id.budget_id).get_formview_action()
