# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class DistributionLedger(models.Model):
    """The ledger; here: half a year of the demo network."""

    _inherit = "distribution.ledger"

    @api.model
    def _demo_story(self):
        """Post what the demo's distributors bought and sold; for demo data only."""
        distributors = ("hung_phat", "dai_loi", "truong_son")
        goods = (("green_tea", 9, 200), ("noodles", 5, 320), ("coffee", 55, 24))
        vals_list = []
        for place, name in enumerate(distributors):
            member = self.env.ref(f"distribution.member_{name}")
            for number, (product, price, size) in enumerate(goods):
                product = self.env.ref(f"distribution.product_{product}")
                size += 10 * place
                vals_list += self._demo_months(member, product, price, size, number)
        return bool(self._post(vals_list))

    def _demo_months(self, member, product, price, size, number):
        today = fields.Date.context_today(self)
        common = {"member_id": member.id, "product_id": product.id}
        vals_list = []
        for back in range(6, -1, -1):
            start = (today - relativedelta(months=back)).replace(day=1)
            flows = [
                ("opening" if back == 6 else "sell_in", size + 7 * back, 0, 1.0),
                ("return_in", 3, 14, 1.1),
                ("sell_out", round(size * 0.15), 19, 1.25),
            ]
            vals_list += [
                {
                    **common,
                    "kind": kind,
                    "quantity": quantity,
                    "price_unit": price * factor,
                    "date": day,
                    "key": f"demo:{member.id}:{product.id}:{back}:{kind}",
                    "reason": "Demo",
                }
                for kind, quantity, days, factor in flows
                if (day := start + relativedelta(days=days)) <= today
            ]
            whole = round(size * (0.7 + 0.04 * number))
            day = start + relativedelta(days=9)
            if day <= today:
                vals_list += self._demo_sales(
                    member, product, whole, price * 1.1, day, back
                )
        return vals_list

    def _demo_sales(self, member, product, whole, price, day, back):
        """``whole`` sold on to the buyers of a distributor; not everybody buys every
        month."""
        buyers = member.customer_link_ids.buyer_id.sorted()
        buyers = [
            buyer
            for place, buyer in enumerate(buyers)
            if (place + back + product.id) % 3
        ]
        vals_list, left = [], whole
        for place, buyer in enumerate(buyers, 1):
            quantity = left if place == len(buyers) else whole // len(buyers)
            left -= quantity
            for kind, of, other in (
                ("sell_through", member, buyer),
                ("receipt", buyer, member),
            ):
                vals_list.append(
                    {
                        "member_id": of.id,
                        "counterparty_id": other.id,
                        "product_id": product.id,
                        "kind": kind,
                        "quantity": quantity,
                        "price_unit": price,
                        "date": day,
                        "key": f"demo:{of.id}:{product.id}:{back}:{kind}:{other.id}",
                        "reason": "Demo",
                    }
                )
            # what an outlet or dealer buys, it sells in the weeks after
            later = day + relativedelta(days=12)
            if later <= fields.Date.context_today(self):
                vals_list.append(
                    {
                        "member_id": buyer.id,
                        "product_id": product.id,
                        "kind": "sell_out",
                        "quantity": quantity * 9 // 10,
                        "price_unit": price * 1.2,
                        "date": later,
                        "key": f"demo:{buyer.id}:{product.id}:{back}:sell_out",
                        "reason": "Demo",
                    }
                )
        return [vals for vals in vals_list if vals["quantity"]]
