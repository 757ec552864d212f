# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

#: A figure that a message may carry as text or number, and that is safe to cast.
_FIGURE = r"^-?[0-9]{1,15}(\.[0-9]{1,8})?$"


class OrderHub(models.Model):
    """Every order there is on one list, wherever it was born; read only.

    Two kinds of rows: sale orders, under their own id, and inbox rows that did not
    become one yet, under their id below zero; addons add kinds. An order is never on
    the list twice.

    All parts are plain selects of one table, so that PostgreSQL reads them in the
    order of the list from an index and stops after the first page. What a filter asks
    for are columns of one table (``inbox_state``, ``approval_state``): the other parts
    then fall away. ``state`` is for reading and grouping.
    """

    _name = "order.hub"
    _inherit = ["order.group.mixin"]
    _description = "Order in the Hub"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "channel_number"]
    _MANY_GROUPS = ("partner_id",)
    _depends = {
        "sale.order": [
            "amount_total",
            "approval_state",
            "channel_number",
            "company_id",
            "currency_id",
            "date_order",
            "delivery_status",
            "is_channel_test",
            "name",
            "partner_id",
            "sale_channel_id",
            "state",
            "user_id",
        ],
        "channel.order": [
            "channel_id",
            "company_id",
            "error_code",
            "external_id",
            "is_test",
            "number",
            "payload",
            "received_at",
            "sale_order_id",
            "state",
        ],
        "sale.channel": ["user_id"],
    }

    date = fields.Datetime(
        readonly=True, help="When it was ordered, or arrived in the inbox."
    )
    number = fields.Char(readonly=True)
    channel_number = fields.Char(
        readonly=True, help="The number on the channel, as the buyer knows it."
    )
    channel_id = fields.Many2one("sale.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    customer_name = fields.Char(
        "Buyer",
        compute="_compute_customer_name",
        help="The customer, or who the channel says bought.",
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        [
            ("received", "Received"),
            ("held", "Held"),
            ("error", "Error"),
            ("ignored", "Ignored"),
            ("draft", "Quotation"),
            ("to_approve", "To Approve"),
            ("refused", "Refused"),
            ("approved", "Approved"),
            ("sale", "Confirmed"),
            ("partial", "Partly Shipped"),
            ("shipped", "Shipped"),
            ("cancel", "Cancelled"),
        ],
        readonly=True,
    )
    inbox_state = fields.Selection(
        [
            ("received", "Received"),
            ("held", "Held"),
            ("error", "Error"),
            ("ignored", "Ignored"),
        ],
        readonly=True,
        help="Of orders that are in the inbox only.",
    )
    order_state = fields.Selection(
        [
            ("draft", "Quotation"),
            ("sent", "Quotation Sent"),
            ("sale", "Sales Order"),
            ("cancel", "Cancelled"),
        ],
        readonly=True,
    )
    approval_state = fields.Selection(
        [
            ("none", "Not Submitted"),
            ("to_approve", "To Approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        readonly=True,
    )
    error_code = fields.Char("Kind of Problem", readonly=True)
    error_label = fields.Char("Problem", compute="_compute_error_label")
    is_test = fields.Boolean("Test Order", readonly=True)
    todo = fields.Char("What to Do", compute="_compute_todo")
    sale_order_id = fields.Many2one("sale.order", readonly=True)
    channel_order_id = fields.Many2one("channel.order", "Inbox Row", readonly=True)

    @property
    def _table_query(self):
        # A condition inside a part would keep PostgreSQL from reading it in order, and
        # so would a column whose type is not the same in all parts
        return SQL(
            "SELECT * FROM (%s) AS every WHERE NOT is_hidden",
            SQL(" UNION ALL ").join(
                self._select_part(table, columns)
                for table, columns in self._get_parts()
            ),
        )

    @api.model
    def _get_parts(self):
        """``[(table, {column: SQL})]``: the kinds of rows; addons add theirs.

        Each is a plain select of one table. Columns it does not name are NULL there;
        ``is_hidden`` (a condition, never NULL) keeps rows off the list. A part needs an
        index on (date, id) and one on the expression of its ``id``. Ids are integers
        of four bytes and tell the parts apart: orders keep theirs, inbox rows have
        theirs below zero, parts of addons start at 1,000,000,000.
        """
        return [
            ("sale_order", self._get_order_columns()),
            ("channel_order", self._get_inbox_columns()),
        ]

    @api.model
    def _select_part(self, table, columns):
        types = {
            name: field.column_type[1].lower()
            for name, field in self._fields.items()
            if field.store and field.column_type
        }
        types["is_hidden"] = "bool"
        return SQL(
            "SELECT %s FROM %s",
            SQL(", ").join(
                SQL(
                    "(%s)::%s AS %s",
                    columns.get(name, SQL("NULL")),
                    SQL.identifier(column_type),
                    SQL.identifier(name),
                )
                for name, column_type in types.items()
            ),
            SQL.identifier(table),
        )

    @api.model
    def _get_order_columns(self):
        """Hook: what sale orders say on the list."""
        return {
            "id": SQL("id"),
            "date": SQL("date_order"),
            "number": SQL("name"),
            "channel_number": SQL("channel_number"),
            "channel_id": SQL("sale_channel_id"),
            "company_id": SQL("company_id"),
            "partner_id": SQL("partner_id"),
            "user_id": SQL("user_id"),
            "amount": SQL("amount_total"),
            "currency_id": SQL("currency_id"),
            "state": self._select_order_state(),
            "order_state": SQL("state"),
            "approval_state": SQL("approval_state"),
            "is_test": SQL("is_channel_test"),
            "sale_order_id": SQL("id"),
            "is_hidden": SQL("FALSE"),
        }

    @api.model
    def _select_order_state(self):
        """The order's place on the one scale; addons may put more stages on it."""
        return SQL(
            """
            (CASE WHEN state = 'cancel' THEN 'cancel'
                WHEN approval_state IN ('to_approve', 'refused') THEN approval_state
                WHEN state = 'sale' AND delivery_status = 'full' THEN 'shipped'
                WHEN state = 'sale' AND delivery_status = 'partial' THEN 'partial'
                WHEN state = 'sale' THEN 'sale'
                WHEN approval_state = 'approved' THEN 'approved'
                ELSE 'draft' END)::varchar
            """
        )

    @api.model
    def _get_inbox_columns(self):
        """Hook: what inbox rows say on the list; those with an order are hidden."""
        return {
            "id": SQL("-id"),
            "date": SQL("received_at"),
            "number": SQL("COALESCE(number, external_id, '#' || id)"),
            "channel_number": SQL("external_id"),
            "channel_id": SQL("channel_id"),
            "company_id": SQL("company_id"),
            "user_id": SQL(
                "(SELECT user_id FROM sale_channel"
                " WHERE sale_channel.id = channel_order.channel_id)"
            ),
            "amount": SQL(
                "CASE WHEN payload ->> 'total' ~ %s"
                " THEN (payload ->> 'total')::numeric END",
                _FIGURE,
            ),
            "currency_id": SQL(
                "(SELECT id FROM res_currency"
                " WHERE name = channel_order.payload ->> 'currency')"
            ),
            "state": SQL("state"),
            "inbox_state": SQL("state"),
            "error_code": SQL("error_code"),
            "is_test": SQL("is_test"),
            "channel_order_id": SQL("id"),
            "is_hidden": SQL("sale_order_id IS NOT NULL"),
        }

    def _compute_customer_name(self):
        # a message is not for everybody who may see that it came
        reads_messages = self.env.user.has_group("order_management.group_clerk")
        for row in self:
            name = row.partner_id.display_name
            if not name and row.channel_order_id and reads_messages:
                name = row.channel_order_id.sudo()._get_buyer_name()
            row.customer_name = name

    def _compute_error_label(self):
        describe = self.env["channel.order"]._get_error_label
        for row in self:
            row.error_label = describe(row.error_code)

    def _compute_todo(self):
        hints = self._get_hints()
        for row in self:
            row.todo = row.channel_order_id.error or hints.get(row.state)

    @api.model
    def _get_hints(self):
        """``{state: the next step}``; addons that add states add theirs."""
        return {
            "received": self.env._("Waits for its turn; processed by itself."),
            "draft": self.env._("Check the quotation and confirm it."),
            "to_approve": self.env._("Approve, cut or refuse the quantities."),
            "refused": self.env._("Change the order and submit it again, or cancel."),
            "approved": self.env._("Confirm the order."),
            "sale": self.env._("Ship the goods."),
            "partial": self.env._("Ship the rest, or close the order short."),
        }

    def action_open(self):
        """Open the sale order, or the inbox row where there is none."""
        self.ensure_one()
        return self._get_record().get_formview_action()

    def _get_record(self):
        """Hook: the record that this row of the list stands for."""
        self.ensure_one()
        return self.sale_order_id or self.channel_order_id

    def action_retry(self):
        """Process the chosen rows of the inbox again; orders are left alone.

        :raises AccessError: for everybody but clerks
        """
        return self.channel_order_id.action_retry()
