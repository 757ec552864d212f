# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..neutral.phones import e164, is_masked


class SaleOrder(models.Model):
    """An order; here: checks of the review about who buys, and where it goes."""

    _inherit = "sale.order"

    def _review_address(self, rule):
        """What a carrier misses in the address of goods; what a channel has masked it
        knows, and counts as there."""
        findings = {}
        for order in self:
            if not any(line.product_id.type == "consu" for line in order.order_line):
                continue
            missing = order._get_address_problems()
            if missing:
                place = order.partner_shipping_id or order.partner_id
                text = self.env._(
                    "Address of %(name)s: %(problems)s",
                    name=place.display_name.replace("\n", ", "),
                    problems=", ".join(missing),
                )
                fields_ = ("street", "city", "zip", "phone")
                facts = [place.id, *(place[name] or "" for name in fields_)]
                facts += [place.state_id.id, place.country_id.id]
                findings[order.id] = (text, facts)
        return findings

    def _get_address_problems(self):
        """What is missing or wrong in the address that the goods go to, in words."""
        self.ensure_one()
        place = self.partner_shipping_id or self.partner_id
        country = place.country_id or self.company_id.country_id
        missing = [
            (not place.street, self.env._("no street")),
            (not place.city and not place.state_id, self.env._("no city")),
            (not place.country_id, self.env._("no country")),
            (
                country.state_required and not place.state_id,
                self.env._("no state or province"),
            ),
            (
                country.zip_required and _has_zip(country) and not place.zip,
                self.env._("no postal code"),
            ),
        ]
        problems = [text for is_missing, text in missing if is_missing]
        phone = place.phone or self.partner_id.phone
        if not phone:
            problems.append(self.env._("no telephone"))
        elif not is_masked(phone) and not e164(phone, country.code):
            problems.append(
                self.env._("“%(phone)s” is no telephone number", phone=phone)
            )
        return problems

    def _review_country(self, rule):
        """Countries that the rule excludes, or the chosen carrier does not serve."""
        listed = set(rule.country_ids.ids)
        findings = {}
        for order in self:
            country = (order.partner_shipping_id or order.partner_id).country_id
            if not country:
                continue
            if listed and (country.id in listed) == (rule.country_mode == "except"):
                text = self.env._(
                    "Nothing is delivered to %(country)s", country=country.name
                )
                findings[order.id] = (text, country.id)
            elif order.carrier_id.country_ids and (
                country not in order.carrier_id.country_ids
            ):
                text = self.env._(
                    "%(carrier)s does not deliver to %(country)s",
                    carrier=order.carrier_id.name,
                    country=country.name,
                )
                findings[order.id] = (text, [country.id, order.carrier_id.id])
        return findings

    def _review_blacklist(self, rule):
        """Buyers on the blacklist, by telephone, e-mail, tax number or address."""
        findings = {}
        for order_id, entries in self.env["order.blacklist"]._find(self).items():
            labels = dict(entries._fields["kind"]._description_selection(self.env))
            texts = [
                self.env._(
                    "Blacklisted %(kind)s %(value)s: %(reason)s",
                    kind=labels[entry.kind],
                    value=entry.value,
                    reason=entry.reason,
                )
                for entry in entries
            ]
            findings[order_id] = ("\n".join(texts), sorted(entries.ids))
        return findings

    def _review_new_customer(self, rule):
        """Customers who never had an order confirmed; contacts count as one."""
        text = self.env._("First order of this customer")
        return {
            order_id: (text, False)
            for order_id, is_new in self._get_fact_new_customer().items()
            if is_new
        }

    def _filter_review_credit(self):
        """Hook: orders whose customer's credit the review judges.

        Addons that hold orders for credit themselves take theirs out: nobody is held
        twice for one thing.
        """
        return self

    def _review_credit(self, rule):
        """Customers over their credit limit with this order, as Odoo reckons."""
        findings = {}
        orders = self._filter_review_credit()
        for order_id, (used, limit) in orders._get_fact_over_credit().items():
            order = self.browse(order_id)
            currency = order.company_id.currency_id
            text = self.env._(
                "Over the credit limit: %(used)s of %(limit)s with this order, "
                "%(over)s too much",
                used=currency.format(used),
                limit=currency.format(limit),
                over=currency.format(used - limit),
            )
            findings[order_id] = (text, [order.partner_id.id, order.amount_total])
        return findings

    def _review_overdue(self, rule):
        """Customers with open invoices older than the rule's days past due."""
        orders = self._filter_review_credit()
        late = orders._get_overdue(rule.threshold_days)
        findings = {}
        for order in orders:
            buyer = order.partner_id.commercial_partner_id
            amount, since = late.get((order.company_id.id, buyer.id), (0.0, None))
            currency = order.company_id.currency_id
            if currency.compare_amounts(amount, rule.threshold_amount) <= 0:
                continue
            text = self.env._(
                "%(customer)s owes %(amount)s for more than %(days)s days, the oldest "
                "since %(date)s",
                customer=buyer.display_name,
                amount=currency.format(amount),
                days=rule.threshold_days,
                date=fields.Date.to_string(since),
            )
            findings[order.id] = (text, [buyer.id, str(since)])
        return findings

    def _get_overdue(self, days):
        """``{(company id, commercial partner id): (amount, oldest due date)}``"""
        buyers = self.partner_id.commercial_partner_id
        if not buyers:
            return {}
        self.env.flush_all()
        limit = fields.Date.context_today(self) - timedelta(days=days)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.company_id, partner.commercial_partner_id,
                    SUM(line.amount_residual), MIN(line.date_maturity)
                FROM res_partner partner
                JOIN account_move_line line ON line.partner_id = partner.id
                JOIN account_account account ON account.id = line.account_id
                WHERE partner.commercial_partner_id = ANY(%s)
                  AND line.company_id = ANY(%s)
                  AND account.account_type = 'asset_receivable'
                  AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                  AND line.amount_residual > 0 AND line.date_maturity < %s
                GROUP BY 1, 2
                """,
                buyers.ids,
                self.company_id.ids,
                limit,
            )
        )
        late = defaultdict(lambda: (0.0, None))
        late.update({(row[0], row[1]): (float(row[2]), row[3]) for row in rows})
        return late


def _has_zip(country):
    """Odoo requires a postal code everywhere; Vietnam and others hardly use theirs."""
    return country.code not in ("VN", "HK", "MO", "AE")
