# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..tools.columns import create_column_with_default
from .order_rule import PRIORITIES

_DRAFT = ("draft", "sent")
#: what a confirmed order may still be given
_AFTER = frozenset({"tag_ids", "priority", "ship_by"})
#: machine-made: the event tells it, nobody is mailed
_QUIET = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True}


class SaleOrder(models.Model):
    """An order; here: what the rules give it.

    Rules are applied once by themselves: when the order is imported, submitted or
    confirmed, whichever comes first. The button applies them again.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    priority = fields.Selection(PRIORITIES, default="0", copy=False)
    applied_rule_ids = fields.Many2many(
        "order.rule", string="Rules Applied", readonly=True, copy=False
    )
    classified_at = fields.Datetime(readonly=True, copy=False)
    channel_ship_by = fields.Datetime(
        "Ship-By of the Channel",
        readonly=True,
        copy=False,
        help="Until when the channel wants the order to leave.",
    )
    ship_by = fields.Datetime(
        compute="_compute_ship_by",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="Until when the order is to leave: as the channel says, else by the "
        "rules, or as somebody decided.",
    )
    hand_set_fields = fields.Char(
        readonly=True,
        copy=False,
        help="What a person decided: no rule changes it.",
    )

    @api.depends("channel_ship_by")
    def _compute_ship_by(self):
        for order in self:
            told = order.channel_ship_by
            if told and not order._is_hand_set("ship_by"):
                order.ship_by = told
            else:
                order.ship_by = order.ship_by

    def _auto_init(self):
        """Make the columns before the ORM does, which would fill them row by row."""
        create_column_with_default(self.env.cr, self, "priority", "0")
        create_column_with_default(self.env.cr, self, "ship_by", None)
        return super()._auto_init()

    def action_submit(self):
        """Override of the hub: whoever decides sees what the rules made of it."""
        self._classify_once()
        return super().action_submit()

    def action_confirm(self):
        """Override of ``sale``: before transfers are made of it."""
        self._classify_once()
        return super().action_confirm()

    def action_apply_rules(self):
        """Apply the rules of today again, to any number of orders.

        What a person set stays; a confirmed order gets tags, priority and ship-by time
        only.

        :return: a notification that tells how many changed
        """
        self.check_access("write")
        changed = self._apply_rules(self._filter_open())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if changed else "info",
                "message": self.env._(
                    "Rules changed %(changed)s of %(count)s orders.",
                    changed=len(changed),
                    count=len(self),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _classify(self):
        """Override of the hub: apply the rules to new orders."""
        result = super()._classify()
        self._apply_rules(self.filtered(lambda order: order.state in _DRAFT))
        return result

    def _classify_once(self):
        """Those of these quotations that no rule was asked about yet."""
        fresh = self.filtered(
            lambda order: order.state in _DRAFT and not order.classified_at
        )
        if fresh and self.env["order.rule"]._get_rules(fresh.company_id):
            fresh._classify()

    def _filter_open(self):
        """Orders that something can still be decided about."""
        return self.filtered(
            lambda order: (
                order.state in _DRAFT
                or (order.state == "sale" and order.delivery_status != "full")
            )
        )

    @api.model
    def _apply_rules(self, orders):
        """Give ``orders`` what the rules say, write it in one go and log why.

        :return: the orders that changed
        """
        rules_sudo = self.env["order.rule"]._get_rules(orders.company_id)
        if not rules_sudo:
            return orders.browse()
        # sudo: a rule is the company's decision, not of whoever enters the order
        orders_sudo = orders.sudo().with_context(**_QUIET)
        plans = rules_sudo._plan(orders_sudo)
        groups, whys, dates = {}, {}, {}
        for order in orders_sudo:
            given, entries, matched = plans[order.id]
            vals = order._keep_own(given)
            if vals:
                whys[order.id] = "\n".join(entries)
            if "ship_by" in vals:
                dates[order.id] = vals.pop("ship_by")
            vals["applied_rule_ids"] = [Command.set(matched.ids)]
            key = repr(sorted(vals.items()))
            groups.setdefault(key, (vals, []))[1].append(order.id)
        now = fields.Datetime.now()
        for vals, ids in groups.values():
            # sourcing is told below who chose the warehouse: a rule, and no person
            some = orders_sudo.browse(ids).with_context(order_management_sourcing=True)
            some.write({**vals, "classified_at": now})
        orders_sudo._write_ship_by(dates)
        changed = orders.browse(whys)
        changed._log_event("classify", reason=whys)
        orders._choose_by_order_rules(plans)
        return changed

    @api.model
    def _write_ship_by(self, dates):
        """Set the ship-by time of many orders, which is another for each.

        :param dates: ``{order id: naive UTC}``
        """
        if not dates:
            return
        orders = self.browse(dates)
        self.env.execute_query(
            SQL(
                "UPDATE sale_order SET ship_by = given.moment"
                " FROM unnest(%s, %s::timestamp[]) AS given(id, moment)"
                " WHERE sale_order.id = given.id",
                list(dates),
                list(dates.values()),
                to_flush=self._fields["ship_by"],
            )
        )
        # written behind the ORM's back, flushed just before
        orders.invalidate_recordset(["ship_by"], flush=False)
        orders.modified(["ship_by"])

    def _keep_own(self, given):
        """Of what the rules give this order, what may be set and differs."""
        self.ensure_one()
        vals = {}
        for name, value in given.items():
            if self._is_hand_set(name) or (
                self.state not in _DRAFT and name not in _AFTER
            ):
                continue
            if name == "warehouse_id" and self.sourcing_state not in (False, "ruled"):
                continue  # chosen already, by a person or for what is in stock
            if name == "tag_ids":
                missing = value - self.tag_ids
                if missing:
                    vals[name] = [Command.link(tag_id) for tag_id in missing.ids]
            elif name == "ship_by":
                if not self.channel_ship_by and value != self.ship_by:
                    vals[name] = value
            elif isinstance(value, models.BaseModel):
                if value.id != self[name].id:
                    vals[name] = value.id
            elif value != self[name]:
                vals[name] = value
        if "user_id" in vals:
            # Odoo would choose anew what follows the salesperson
            vals = {
                "team_id": self.team_id.id,
                "warehouse_id": self.warehouse_id.id,
                **vals,
            }
        return vals

    def _get_origin(self):
        """How this order came: ``imported``, ``customer`` or ``staff``."""
        self.ensure_one()
        if self.channel_number:
            return "imported"
        return "customer" if self.create_uid.share else "staff"

    def _get_payment_kinds(self):
        """``{order id: paid, unpaid or cod}``, one query more for any number."""
        cod = self._get_cash_on_delivery_ids()
        kinds = {}
        for order in self.sudo():
            paid = order.amount_paid and order.currency_id.compare_amounts(
                order.amount_paid, order.amount_total
            )
            if order.id in cod:
                kinds[order.id] = "cod"
            elif order.channel_paid or (order.amount_paid and paid >= 0):
                kinds[order.id] = "paid"
            else:
                kinds[order.id] = "unpaid"
        return kinds

    def _is_hand_set(self, name):
        return name in (self.hand_set_fields or "").split(",")
