# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL, float_compare

from ..tools.figures import plain_figure


class SaleOrder(models.Model):
    """An order; here: checks of the review about what is ordered, at what price."""

    _inherit = "sale.order"

    def _review_price(self, rule):
        """Below the price list by more than the rule's percentage, below the floor's
        price list, or below cost."""
        findings = defaultdict(lambda: ([], []))
        for company, orders in self.grouped("company_id").items():
            orders = orders.with_company(company)
            # what replaces returned goods costs nothing: it was paid with these
            lines = orders._get_review_lines(rule).filtered(
                lambda line: not line._is_replacement()
            )
            listed = lines._get_listed_prices()
            floors = {}
            if floor := rule.floor_pricelist_id._origin:
                floors = lines._get_listed_prices(floor)
            for line in lines:
                paid = line.price_unit * (1 - (line.discount or 0.0) / 100)
                for text in line._get_price_problems(
                    rule, paid, listed[line.id], floors.get(line.id)
                ):
                    texts, facts = findings[line.order_id.id]
                    texts.append(text)
                    facts.append([line.product_id.id, f"{paid:.6f}"])
        return {
            order_id: ("\n".join(texts), facts)
            for order_id, (texts, facts) in findings.items()
        }

    def _get_review_lines(self, rule):
        """Lines that sell something for a price people decide about."""
        products = rule.product_ids.ids
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.product_uom_qty > 0
                and not line.is_delivery
                and not line.is_downpayment
                and (not products or line.product_id.id in products)
            )
        )

    def _review_margin(self, rule):
        """Untaxed amount less today's cost of the products, in percent."""
        margins = self._get_fact_margin()
        findings = {}
        for order in self:
            margin = margins.get(order.id)
            if margin is None or round(rule.threshold_percent - margin, 4) <= 0:
                continue
            text = self.env._(
                "Margin %(margin).1f %%, at least %(limit)g %% is wanted",
                margin=margin,
                limit=rule.threshold_percent,
            )
            findings[order.id] = (text, f"{order.amount_untaxed:.2f}")
        return findings

    def _review_quantity(self, rule):
        """Far more than what is usual of the product, or with the customer."""
        asked = defaultdict(float)
        by_customer = rule.history_of == "customer"
        for line in self._get_review_lines(rule):
            key = (line.order_id, line.product_id)
            asked[key] += line._get_product_quantity()
        usual = self._get_usual_quantities(rule, {p.id for _o, p in asked}, by_customer)
        findings = defaultdict(lambda: ([], []))
        for (order, product), quantity in asked.items():
            buyer = order.partner_id.commercial_partner_id.id if by_customer else 0
            count, average = usual.get((order.company_id.id, product.id, buyer), (0, 0))
            if count < rule.threshold_count or not average:
                continue
            if quantity <= average * rule.threshold_factor:
                continue
            texts, facts = findings[order.id]
            texts.append(
                self.env._(
                    "%(product)s: %(asked)s asked for, %(average)s is usual "
                    "(%(count)s orders in %(days)s days), more than %(times)g times",
                    product=product.display_name,
                    asked=plain_figure(quantity, 2),
                    average=plain_figure(average, 2),
                    count=count,
                    days=rule.threshold_days,
                    times=rule.threshold_factor,
                )
            )
            facts.append([product.id, plain_figure(quantity)])
        return {
            order_id: ("\n".join(texts), facts)
            for order_id, (texts, facts) in findings.items()
        }

    def _get_usual_quantities(self, rule, product_ids, by_customer):
        """``{(company id, product id, customer id or 0): (orders, average quantity)}``
        of the rule's days before the first of these orders."""
        moments = [order.date_order for order in self if order.date_order]
        if not product_ids or not moments:
            return {}
        self.env.flush_all()
        buyers = self.partner_id.commercial_partner_id
        buyer = SQL("partner.commercial_partner_id") if by_customer else SQL("0")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, product_id, buyer, count(*), avg(quantity)
                FROM (
                    SELECT o.company_id, line.product_id, %(buyer)s AS buyer, o.id,
                        sum(line.product_uom_qty * line_uom.factor / uom.factor)
                            AS quantity
                    FROM sale_order_line line
                    JOIN sale_order o ON o.id = line.order_id
                    JOIN res_partner partner ON partner.id = o.partner_id
                    JOIN product_product product ON product.id = line.product_id
                    JOIN product_template template
                      ON template.id = product.product_tmpl_id
                    JOIN uom_uom uom ON uom.id = template.uom_id
                    JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                    WHERE line.product_id = ANY(%(products)s)
                      AND o.state = 'sale' AND o.company_id = ANY(%(companies)s)
                      AND o.date_order >= %(since)s AND o.date_order < %(until)s
                      AND NOT o.id = ANY(%(ids)s) AND line.product_uom_qty > 0
                      AND (%(all)s OR partner.commercial_partner_id = ANY(%(buyers)s))
                    GROUP BY 1, 2, 3, 4
                ) one GROUP BY 1, 2, 3
                """,
                buyer=buyer,
                products=sorted(product_ids),
                companies=self.company_id.ids,
                since=min(moments) - timedelta(days=rule.threshold_days),
                until=min(moments),
                ids=list(self.ids),
                all=not by_customer,
                buyers=buyers.ids,
            )
        )
        return {tuple(row[:3]): (row[3], float(row[4])) for row in rows}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_price_problems(self, rule, paid, listed, floor):
        """What the rule finds in the price of one line.

        :param paid: unit price after discount; all in the order's currency and the
            line's unit
        :param listed: by the price list
        :param floor: by the floor's price list, None without
        """
        self.ensure_one()
        currency = self.currency_id
        names = {
            "product": self.product_id.display_name,
            "price": currency.format(paid),
        }
        problems = []
        if listed > 0:
            below = 100 * (1 - paid / listed)
            if round(below - rule.threshold_percent, 4) > 0:
                text = self.env._(
                    "Price of %(product)s is %(below).4g %% below the list (%(price)s "
                    "for %(listed)s), allowed %(limit)g %%",
                    below=below,
                    listed=currency.format(listed),
                    limit=rule.threshold_percent,
                    **names,
                )
                problems.append(text)
        if floor is not None and float_compare(paid, floor, precision_digits=6) < 0:
            text = self.env._(
                "Price of %(product)s is %(price)s, below the floor of %(floor)s",
                floor=currency.format(floor),
                **names,
            )
            problems.append(text)
        if rule.is_below_cost:
            # cost per line's unit, in the order's currency
            cost = self.product_id.uom_id._compute_price(
                self.product_id.standard_price, self.product_uom_id
            ) * (self.order_id.currency_rate or 1.0)
            net = self.price_subtotal / self.product_uom_qty
            if float_compare(net, cost, precision_digits=6) < 0:
                text = self.env._(
                    "Price of %(product)s is %(net)s without taxes, below its cost of "
                    "%(cost)s",
                    net=currency.format(net),
                    cost=currency.format(cost),
                    **names,
                )
                problems.append(text)
        return problems

    def _get_listed_prices(self, pricelist=None):
        """``{line id: unit price by the price list}``, in the order's currency.

        The rules of a price list are read once a day of orders, not once a line.

        :param pricelist: by default each order's own
        """
        groups = defaultdict(self.browse)
        for line in self:
            order = line.order_id
            day = order.date_order.date()
            groups[pricelist or order.pricelist_id, day] |= line
        prices = {}
        for (one, _day), lines in groups.items():
            date = lines.order_id[:1].date_order
            rules = self.env["product.pricelist.item"]
            if one:
                rules = one._get_applicable_rules(lines.product_id, date)
            for line in lines:
                quantity = line._get_product_quantity()
                item = next(
                    (
                        r
                        for r in rules
                        if r._is_applicable_for(line.product_id, quantity)
                    ),
                    rules.browse(),
                )
                prices[line.id] = item._compute_price(
                    product=line.product_id,
                    quantity=line.product_uom_qty,
                    uom=line.product_uom_id,
                    date=date,
                    currency=line.currency_id,
                )
        return prices
