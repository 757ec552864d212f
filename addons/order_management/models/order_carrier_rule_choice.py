# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

#: carriers that are named beside the chosen one
_NAMED = 4


class OrderCarrierRule(models.Model):
    """The rules; here: read once for many orders, and told in words."""

    _inherit = "order.carrier.rule"

    @api.model
    def _get_plain_of(self, company):
        """The rules of a company, as ``shipping.choice`` takes them."""
        if company.id not in self._get_ruled_company_ids():
            return []
        # settings decide for everybody, and are not everybody's to read
        rules = self.sudo().search([("company_id", "=", company.id)])
        return rules._prepare_plain()

    @api.model
    def _describe_choice(self, choice, company):
        """Why, for people: the rule, the price, and what the others said."""
        others = [
            self._describe_offer(offer, company)
            for offer in choice.offers
            if offer is not choice.offer
        ]
        words = "; ".join(others[:_NAMED])
        if len(others) > _NAMED:
            words = f"{words}; ..."
        if not choice.offer:
            return self.env._(
                "%(rule)s: nobody can take it (%(others)s)",
                rule=choice.rule.name,
                others=words,
            )
        own = self._describe_offer(choice.offer, company)
        if not words:
            return f"{choice.rule.name}: {own}"
        return self.env._(
            "%(rule)s: %(own)s (others: %(others)s)",
            rule=choice.rule.name,
            own=own,
            others=words,
        )

    @api.model
    def _describe_offer(self, offer, company):
        refusals = {
            "address": self.env._("does not deliver there"),
            "weight": self.env._("too heavy"),
            "volume": self.env._("too large"),
            "goods": self.env._("does not take these goods"),
            "cash": self.env._("takes no cash"),
            "price": self.env._("no price"),
            "time": self.env._("too slow"),
        }
        words = []
        if offer.refusal:
            words.append(refusals[offer.refusal])
        elif offer.price is not None:
            words.append(company.currency_id.format(offer.price))
        if not offer.refusal and offer.carrier.transit_days:
            days = offer.carrier.transit_days
            words.append(self.env._("%(days)s days", days=days))
        return " ".join(filter(None, (offer.carrier.name, ", ".join(words))))
