# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_datetime, ormcache

from .order_rule import ACTIONS


class OrderRule(models.Model):
    """Order rules; here: what they give to orders, before anything is written."""

    _inherit = "order.rule"

    @api.model
    @ormcache("company_id")
    def _get_ruled_fields(self, company_id):
        """Names of an order's fields that some rule of a company sets."""
        rules_sudo = self.sudo().browse(self._get_rule_ids(company_id))
        return tuple(
            name for name, source in ACTIONS.items() if any(rules_sudo.mapped(source))
        )

    def _plan(self, orders):
        """What these rules give to ``orders``, asked in their order.

        :return: ``{order id: ({field: value}, [texts that say why], rules)}``; tags,
            team and the like are records, the ship-by time is naive UTC
        """
        facts, tags, clocks = {}, {}, {}
        plans = {order.id: ({}, [], self.browse()) for order in orders}
        left = orders
        for rule in self:
            matched = rule._match_or_skip(left, facts, tags)
            for order in matched:
                given, texts, rules = plans[order.id]
                news = rule._give(order, given, clocks)
                tags[order.id] = given.get("tag_ids", rule.set_tag_ids)
                if news:
                    texts.append(rule._describe(news))
                plans[order.id] = (given, texts, rules | rule)
            if rule.is_final:
                left -= matched
        return plans

    def _give(self, order, given, clocks):
        """Add to ``given`` what this rule sets and no rule before it did.

        :return: what was added
        """
        news = {}
        for name, source in ACTIONS.items():
            value = self[source]
            if not value:
                continue
            if name == "tag_ids":
                news[name] = value
                given[name] = given.get(name, value) | value
            elif name not in given:
                if name == "ship_by":
                    place = given.get("warehouse_id") or order.warehouse_id
                    value = self._get_ship_by(order, place, clocks)
                given[name] = news[name] = value
        return news

    def _get_ship_by(self, order, warehouse, clocks):
        """Until when an order is to leave, naive UTC.

        The time runs from when the buyer ordered; of orders that people enter from now,
        which is when they are submitted or confirmed.

        :param clocks: see ``sale.order._get_clock``
        """
        company = order.company_id
        calendar = (
            self.calendar_id
            or warehouse.resource_calendar_id
            or company.resource_calendar_id
        )
        clock = order._get_clock(calendar, company, clocks)
        moment = fields.Datetime.now()
        if order.channel_number:
            moment = order.date_order
        start = clock.apply_cutoff(moment, self.cutoff)
        if self.ship_unit == "days":
            return clock.get_end_of_day(start, int(self.ship_within))
        return clock.add(start, self.ship_within).replace(microsecond=0)

    def _describe(self, news):
        """What this rule sets, for people."""
        parts = []
        for name, value in news.items():
            field = self.env["sale.order"]._fields[name]
            text = value
            if isinstance(value, models.BaseModel):
                text = ", ".join(value.mapped("display_name"))
            elif name == "ship_by":
                text = format_datetime(self.env, value)
            elif name == "priority":
                selection = self._fields["set_priority"]._description_selection(
                    self.env
                )
                text = dict(selection)[value]
            parts.append(f"{field._description_string(self.env)}: {text}")
        return self.env._(
            "%(rule)s: %(changes)s", rule=self.name, changes="; ".join(parts)
        )
