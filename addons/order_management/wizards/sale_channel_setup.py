# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.res_company import APPROVAL_MODES

#: What is asked, as the channel calls it; what is empty stays empty.
_CHANNEL_FIELDS = (
    "name",
    "channel_type",
    "company_id",
    "user_id",
    "team_id",
    "warehouse_id",
    "pricelist_id",
    "payment_term_id",
    "approval_mode",
    "auto_submit",
    "auto_confirm",
    "unpaid_policy",
    "shipped_policy",
    "tax_policy",
    "prices_include_tax",
    "rounding_product_id",
    "walkin_partner_id",
    "default_country_id",
    "payload_retention_days",
)
_STEPS = ("kind", "orders", "money", "connect", "test")


class SaleChannelSetup(models.TransientModel):
    """Questions that make a channel, one page after the other, and a test of it.

    The channel is made when the questions are answered; going back and on again
    changes it. Nobody has to finish: what is made works as far as it is set up.
    """

    _name = "sale.channel.setup"
    _description = "Set Up a Channel"
    _check_company_auto = True
    _rec_name = "name"

    step = fields.Selection(
        [
            ("kind", "Way In"),
            ("orders", "Orders"),
            ("money", "Money and Buyers"),
            ("connect", "Connect"),
            ("test", "Test"),
        ],
        default="kind",
        required=True,
        readonly=True,
    )
    channel_id = fields.Many2one("sale.channel", readonly=True, ondelete="cascade")

    # kind
    name = fields.Char(required=True)
    channel_type = fields.Selection(
        selection="_selection_channel_type", string="How do orders come in?"
    )
    kind_hint = fields.Text(compute="_compute_kind_hint")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Of imported orders; empty: the customer's salesperson.",
    )
    # orders
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True)
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    unpaid_policy = fields.Selection(
        [("hold", "Hold until paid"), ("draft", "Import as quotation")],
        string="Orders that are not paid",
    )
    shipped_policy = fields.Selection(
        [("hold", "Hold"), ("history", "Import as history")],
        string="Orders that were shipped before they came here",
    )
    approval_mode = fields.Selection(APPROVAL_MODES, string="Approval of Quantities")
    approval_hint = fields.Text(compute="_compute_approval_hint")
    auto_submit = fields.Boolean("Submit for Approval")
    auto_confirm = fields.Boolean("Confirm Automatically")
    # money and buyers
    currency_id = fields.Many2one(
        "res.currency", "Currency of Tests", compute="_compute_currency_id"
    )
    tax_policy = fields.Selection(
        [("odoo", "Taxes from Odoo"), ("channel", "As the channel charged")],
        string="Taxes",
    )
    prices_include_tax = fields.Boolean("Prices Include Taxes")
    rounding_product_id = fields.Many2one("product.product", check_company=True)
    walkin_partner_id = fields.Many2one(
        "res.partner", "Walk-in Customer", check_company=True
    )
    default_country_id = fields.Many2one("res.country")
    payload_retention_days = fields.Integer("Keep Personal Data (Days)")
    # connect
    alias_name = fields.Char("E-mail Address")
    alias_domain = fields.Char(
        "E-mail Domain", related="company_id.alias_domain_id.name"
    )
    mail_senders = fields.Text("Allowed Senders")
    api_endpoint = fields.Char(related="channel_id.api_endpoint")
    api_example = fields.Text(related="channel_id.api_example")
    checks = fields.Json(compute="_compute_checks")
    checks_html = fields.Html(compute="_compute_checks", sanitize=False)
    missing_count = fields.Integer(compute="_compute_checks")
    # test
    product_ids = fields.Many2many(
        "product.product",
        string="Products of the Test Order",
        help="Up to two; empty: the first two products that have a SKU.",
    )
    test_row_id = fields.Many2one("channel.order", readonly=True, ondelete="cascade")
    test_order_id = fields.Many2one(related="test_row_id.sale_order_id")
    test_state = fields.Selection(related="test_row_id.state")
    result = fields.Json(compute="_compute_result")
    result_html = fields.Html(compute="_compute_result", sanitize=False)

    @api.model
    def _selection_channel_type(self):
        return (
            self.env["sale.channel"]
            ._fields["channel_type"]
            ._description_selection(self.env)
        )

    @api.model
    def default_get(self, fields_list):
        """Whatever is not asked yet is as in a new channel."""
        channel = self.env["sale.channel"]
        names = [name for name in _CHANNEL_FIELDS if name in fields_list]
        defaults = channel.default_get(names)
        values = {"channel_type": "api", **defaults, **super().default_get(fields_list)}
        return {name: values[name] for name in values if name in fields_list}

    @api.depends("channel_type")
    def _compute_kind_hint(self):
        hints = self._get_kind_hints()
        for setup in self:
            setup.kind_hint = hints.get(setup.channel_type)

    @api.model
    def _get_kind_hints(self):
        """``{type: what it means in plain words}``; addons add theirs."""
        return {
            "api": self.env._(
                "A shop system, an agency or a script sends each order over HTTP as it "
                "happens. You get an address, a key and an example to hand on."
            ),
            "file": self.env._(
                "Somebody uploads a list now and then, CSV or Excel, one row a line of "
                "an order. You get a sample made of your own products."
            ),
            "email": self.env._(
                "Lists of orders are mailed to an address of this channel and imported "
                "when their sender is allowed; every other mail waits for a person."
            ),
            "manual": self.env._(
                "Your people type the orders: on the phone, at the counter, at a fair. "
                "Fast Order takes five lines in half a minute, by keyboard or scanner."
            ),
        }

    @api.depends("approval_mode", "company_id")
    def _compute_approval_hint(self):
        hints = {
            "none": self.env._(
                "Nothing is checked: what people ship is what is shipped."
            ),
            "follow": self.env._(
                "No more leaves the warehouse than was ordered. Nobody has to approve."
            ),
            "explicit": self.env._(
                "A reviewer approves the quantity of each line first; no more than "
                "that ever leaves the warehouse."
            ),
        }
        for setup in self:
            mode = setup.approval_mode or setup.company_id.approval_mode
            setup.approval_hint = hints.get(mode)

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for setup in self:
            setup.currency_id = (
                setup.pricelist_id.currency_id or setup.company_id.currency_id
            )

    @api.depends("step", "channel_id", "alias_name", "mail_senders")
    def _compute_checks(self):
        for setup in self:
            channel = setup.channel_id
            shown = channel and setup.step in ("connect", "test")
            checks = channel._get_setup_checks() if shown else []
            setup.checks = checks
            setup.missing_count = sum(one["state"] == "missing" for one in checks)
            setup.checks_html = setup._render_steps(checks)

    @api.depends("test_row_id.state", "test_row_id.error")
    def _compute_result(self):
        for setup in self:
            row = setup.test_row_id
            setup.result = row._get_test_result() if row else []
            setup.result_html = setup._render_steps(setup.result)

    def _render_steps(self, steps):
        if not steps:
            return False
        return self.env["ir.qweb"]._render(
            "order_management.sale_channel_setup_steps", {"steps": steps}
        )

    @api.onchange("company_id")
    def _onchange_company_id(self):
        """What belongs to the company that was chosen before does not fit any more."""
        for name in self._get_company_fields():
            if self[name].company_id and self[name].company_id != self.company_id:
                self[name] = False

    @api.model
    def _get_company_fields(self):
        return [
            name
            for name in _CHANNEL_FIELDS
            if self._fields[name].type == "many2one"
            and self._fields[name].check_company
        ]

    def action_next(self):
        """Go on; the channel is made or changed when all is asked.

        :raises UserError: when an answer is missing, or already the last page
        """
        self.ensure_one()
        self._check_step()
        if self.step in ("money", "connect") or self.channel_id:
            self._apply()
        self.step = _STEPS[min(_STEPS.index(self.step) + 1, len(_STEPS) - 1)]
        return False

    def action_back(self):
        """Go one page back; nothing is lost."""
        self.ensure_one()
        self.step = _STEPS[max(_STEPS.index(self.step) - 1, 0)]
        return False

    def action_finish(self):
        """Keep what was answered and open the channel."""
        self.ensure_one()
        self._check_step()
        self._apply()
        return {**self.channel_id.get_formview_action(), "target": "main"}

    def _check_step(self):
        if not (self.name or "").strip():
            raise UserError(self.env._("Give the channel a name, as your people say."))
        if not self.channel_type:
            raise UserError(self.env._("Choose how orders come in."))
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Switch to %(company)s at the top of the screen first, or choose "
                    "another company.",
                    company=self.company_id.name,
                )
            )
        if self.payload_retention_days < 0:
            raise UserError(
                self.env._(
                    "Personal data cannot be kept for less than zero days. 0 keeps it "
                    "for ever."
                )
            )

    def _apply(self):
        """Bring the channel to what was answered."""
        vals = self._prepare_channel_vals()
        if self.channel_id:
            self.channel_id.write(self._get_changes(vals))
        else:
            self.channel_id = self.env["sale.channel"].create(vals)

    def _prepare_channel_vals(self):
        """What was answered, as values of a channel; addons add theirs."""
        self.ensure_one()
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in _CHANNEL_FIELDS
        }
        vals["name"] = self.name.strip()
        if self.channel_type == "email":
            vals["alias_name"] = (self.alias_name or "").strip() or False
            vals["mail_senders"] = self.mail_senders
        return vals

    def _get_changes(self, vals):
        """Only what differs: a write has its own rules for some fields."""
        channel = self.channel_id
        return {
            name: value
            for name, value in vals.items()
            if channel._fields[name].convert_to_write(channel[name], channel) != value
        }

    @api.model
    def _open_for(self, channel, step="kind"):
        """The wizard on a channel that exists.

        :raises UserError: when the channel is archived
        """
        channel.ensure_one()
        channel.check_access("write")
        names = [*_CHANNEL_FIELDS, "alias_name", "mail_senders"]
        vals = {
            name: channel._fields[name].convert_to_write(channel[name], channel)
            for name in names
        }
        setup = self.create({**vals, "channel_id": channel.id, "step": step})
        row = self.env["channel.order"].search(channel._get_open_test_domain(), limit=1)
        setup.test_row_id = row
        return setup._get_action()

    def _get_action(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_channel_setup_action"
        )
        return {**action, "res_id": self.id}

    def action_send_test(self):
        """Send a test order and show what became of it."""
        self.ensure_one()
        self._apply()
        self.test_row_id = self.channel_id._send_test_order(self.product_ids)
        self.step = "test"
        return False

    def action_remove_test(self):
        """Remove the test order; its row of the inbox stays, ignored."""
        self.ensure_one()
        self.test_row_id.action_remove_test()
        return False

    def action_view_test_row(self):
        """Open the row of the inbox."""
        return self.test_row_id.get_formview_action()

    def action_view_test_order(self):
        """Open the quotation that the test became."""
        return self.test_row_id.action_view_sale_order()

    def action_make_api_key(self):
        """Make an API user and a key for the channel."""
        return self.channel_id.action_make_api_key()

    def action_download_upload_sample(self):
        """Download a list made of the own products."""
        return self.channel_id.action_download_upload_sample()
