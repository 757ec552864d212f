# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import models

from ..tools.figures import plain_figure

#: warehouses that a reason names
_NAMED = 3


class SaleOrder(models.Model):
    """An order; here: the check of the review whether its goods can be promised.

    Where sourcing rules are still to choose, every warehouse that they may choose
    counts; what was chosen, and orders without such rules, are looked at in their own.
    """

    _inherit = "sale.order"

    def _review_stock(self, rule):
        """More than can be promised in the warehouses that may serve it; orders of a
        batch count one after the other."""
        lines = self._get_review_lines(rule)._filter_from_stock()
        if not lines:
            return {}
        places = lines._get_review_places(lines.order_id._get_sourced_places())
        houses = self.env["stock.warehouse"].browse(
            {house_id for kept, _torn in places.values() for house_id in kept}
        )
        stock = lines.product_id._get_available_to_promise_by_warehouse(houses)
        # a quant that somebody is still counting has no quantity yet
        left = defaultdict(float, {key: qty or 0.0 for key, qty in stock.items()})
        own = self._get_held_quantities()
        findings = defaultdict(lambda: ([], []))
        for line in lines:
            kept, torn = places[line]
            product = line.product_id
            for house_id in kept:
                held = own.pop((line.order_id.id, product.id, house_id), 0.0)
                left[product.id, house_id] += held
            wanted = line._get_product_quantity()
            there = _take(left, product.id, wanted, kept, torn)
            if product.uom_id.compare(wanted, there) <= 0:
                continue
            texts, facts = findings[line.order_id.id]
            texts.append(line._describe_shortage(wanted, there, houses.browse(kept)))
            # where it could come from is the company's affair, and no fact of the order
            place = next(iter(kept)) if len(kept) == 1 else 0
            facts.append([product.id, place, plain_figure(wanted)])
        return {
            order_id: ("\n".join(texts), facts)
            for order_id, (texts, facts) in findings.items()
        }

    def _get_sourced_places(self):
        """Where sourcing may serve those of these orders from that it is to choose for.

        Without sourcing rules one look-up in a cache.

        :return: ``{order id: ({warehouse id: quantity that is kept back there}, whether
            one line may come from several)}``
        """
        places = {}
        fresh = self.filtered(lambda order: order._is_to_source())
        for company, orders in fresh.grouped("company_id").items():
            # sudo: rules are the company's, whoever reviews the order
            rules_sudo = self.env["order.sourcing.rule"].sudo()
            rules_sudo = rules_sudo.search([("company_id", "=", company.id)])
            houses = self.env["order.sourcing"]._get_warehouses(company)
            policies = {rule.id: rule._prepare_policy(houses) for rule in rules_sudo}
            for order_id, rule_ids in rules_sudo._match(orders).items():
                kept, torn = {}, False
                for policy in map(policies.get, rule_ids):
                    torn |= policy.split_lines and policy.max_warehouses > 1
                    for house_id in policy.warehouses:
                        least = kept.get(house_id, policy.keep_back)
                        kept[house_id] = min(least, policy.keep_back)
                if rule_ids:
                    places[order_id] = kept, torn
        return places


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_review_places(self, places):
        """Where each of these lines comes from, or may come from.

        :param places: of orders that sourcing is to choose for, see
            ``sale.order._get_sourced_places``
        :return: ``{line: (kept back, whether it may be torn)}``, as there
        """
        found = {}
        for line in self:
            order = line.order_id
            houses = line.warehouse_id
            if order.has_split_lines and line.sourcing_line_ids:
                houses = line.sourcing_line_ids.warehouse_id
            chosen = dict.fromkeys(houses.ids, 0.0), True
            found[line] = places.get(order.id, chosen)
        return found

    def _describe_shortage(self, wanted, there, warehouses):
        self.ensure_one()
        names = ", ".join(warehouses[:_NAMED].mapped("name"))
        if len(warehouses) > _NAMED:
            names = self.env._(
                "%(names)s and %(count)s more",
                names=names,
                count=len(warehouses) - _NAMED,
            )
        return self.env._(
            "%(product)s: %(wanted)s asked for, %(there)s can be promised in "
            "%(warehouse)s",
            product=self.product_id.display_name,
            wanted=plain_figure(wanted, 2),
            there=plain_figure(there, 2),
            warehouse=names or self.env._("no warehouse that is in use"),
        )


def _take(left, product_id, wanted, kept, torn):
    """Take a quantity from what is left, so that the next order does not see it.

    :param left: ``{(product id, warehouse id): quantity}``, changed here
    :param kept: ``{warehouse id: quantity that stays there}``
    :param torn: whether it may come from several warehouses
    :return: how much was there for it
    """
    rooms = {
        house_id: max(left[product_id, house_id] - back, 0.0)
        for house_id, back in kept.items()
    }
    # most first: so little is torn as can be; of equals the first of the rule
    houses = sorted(rooms, key=lambda house_id: -rooms[house_id])
    rest = wanted
    for house_id in houses[1:] if torn else ():
        share = min(max(rest - rooms[houses[0]], 0.0), rooms[house_id])
        left[product_id, house_id] -= share
        rest -= share
    if houses:
        left[product_id, houses[0]] -= rest
    return sum(rooms.values()) if torn else max(rooms.values(), default=0.0)
