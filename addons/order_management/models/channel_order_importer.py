# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from odoo import api, models

from ..neutral.order import parse
from ..neutral.totals import check_total
from ..neutral.validation import validate
from ..tools.import_item import Item
from ..tools.problem_text import describe_problem

_MAX_PROBLEMS = 10
#: Machine-made records: events instead of messages, nobody subscribed, no mail.
_QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
    "no_vat_validation": True,
}


class _Memo(dict):
    """What one batch has looked up already; compared by identity, as contexts are."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class ChannelOrderImporter(models.AbstractModel):
    """Turns inbox rows of one channel into sale orders, a batch at a time.

    Every step works on a list of :class:`Item`; whatever speaks against an item is its
    verdict, and later steps leave it out. Number of queries: the same for one order and
    for a hundred. The steps are in files of their own, by concern.
    """

    _name = "channel.order.importer"
    _description = "Importer of Inbox Orders"

    @api.model
    def _for_channel(self, channel):
        """The importer with the system's rights inside the channel's company."""
        company = channel.sudo().company_id
        lang = company.partner_id.lang or self.env.user.lang
        return self.sudo().with_context(
            allowed_company_ids=company.ids,
            lang=lang,
            order_management_memo=_Memo(),
            **_QUIET,
        )

    @api.model
    def _remember(self, key, load):
        """The result of ``load()``, computed once a batch."""
        memo = self.env.context["order_management_memo"]
        if key not in memo:
            memo[key] = load()
        return memo[key]

    @api.model
    def _import(self, channel, rows):
        """Make or update the orders of ``rows``.

        :return: one item a row, each with a verdict
        """
        channel = channel.with_env(self.env)
        rows = rows.with_env(self.env)
        items = [self._read_row(channel, row) for row in rows]
        self._match_currencies(channel, self._open(items))
        self._match_products(channel, self._open(items))
        self._prepare_charges(channel, self._open(items))
        new = [item for item in items if not item.row.sale_order_id]
        known = [item for item in items if item.row.sale_order_id]
        self._check_status(channel, self._open(new))
        self._match_taxes(channel, self._open(items))
        self._match_partners(channel, self._open(items))
        self._match_fiscal_positions(channel, self._open(items))
        self._check_totals(channel, self._open(items))
        self._create_orders(channel, self._open(new))
        self._apply_updates(channel, self._open(known))
        self._enter_refunds(channel, self._imported(new))
        self._note_missing(channel, items)
        for item in items:
            if item.state in ("imported", "updated"):
                item.snapshot = self._take_snapshot(item)
        return items

    @api.model
    def _open(self, items):
        """Those that nothing speaks against so far."""
        return [item for item in items if not item.state]

    @api.model
    def _imported(self, items):
        """Those that became orders just now."""
        return [item for item in items if item.state == "imported"]

    @api.model
    def _read_row(self, channel, row):
        item = Item(row)
        if row.payload_raw and not row.payload:
            item.fail(row.error_code or "unreadable", row.error)
            return item
        problems = validate(row.payload, _MAX_PROBLEMS)
        if problems:
            item.fail("invalid", self._describe_problems(problems))
            return item
        item.order = parse(row.payload, check=False)
        if row.payload.get("prices_include_tax") is None:
            item.order = self._guess_tax_basis(channel, item.order)
        item.check = check_total(item.order)
        return item

    @api.model
    def _describe_problems(self, problems):
        lines = [describe_problem(self.env, problem) for problem in problems]
        lines.append(self.env._("Have the channel correct it and send it again."))
        return "\n".join(lines)

    @api.model
    def _guess_tax_basis(self, channel, order):
        """The message does not say whether prices include taxes: the total tells, and
        where both readings fit, the channel's setting."""
        readings = {
            included: replace(order, prices_include_tax=included)
            for included in (True, False)
        }
        fits = [basis for basis, other in readings.items() if check_total(other).ok]
        if len(fits) == 1:
            return readings[fits[0]]
        return readings[channel.prices_include_tax]

    @api.model
    def _check_status(self, channel, items):
        """What may not become an order by itself waits for a person or a payment."""
        for item in items:
            if item.is_cancelled:
                continue
            if item.order.status == "returned":
                if not item.accepts("already_returned"):
                    item.hold("already_returned", self._get_returned_text())
            elif item.is_history and channel.shipped_policy == "hold":
                if not item.accepts("already_shipped"):
                    item.hold("already_shipped", self._get_shipped_text(item))
            elif item.is_unpaid and channel.unpaid_policy == "hold":
                if not item.accepts("unpaid"):
                    item.hold(
                        "unpaid",
                        self.env._(
                            "Not paid yet. It is imported when the channel reports the "
                            "payment; accept it to import it now."
                        ),
                    )

    @api.model
    def _get_shipped_text(self, item):
        return self.env._(
            "First seen when it was %(status)s already: importing it would ship the "
            "goods again. Accept it to keep it as history without any transfer, or "
            "ignore it.",
            status=item.order.status,
        )

    @api.model
    def _get_returned_text(self):
        return self.env._(
            "Returned already, and there is no order of this number here: imported, it "
            "would count as a sale. Enter the return on the order it belongs to and "
            "ignore this, or accept it as history."
        )
