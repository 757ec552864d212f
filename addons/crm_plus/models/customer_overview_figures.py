# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CustomerOverview(models.AbstractModel):
    """The figures of the customer's screen, and where a click on them leads."""

    _inherit = "customer.overview"

    @api.model
    def _get_tiles(self, customer, snapshot):
        tiles = super()._get_tiles(customer, snapshot)
        if not snapshot:
            return tiles
        return (
            tiles
            + self._get_value_tiles(customer, snapshot)
            + self._get_rhythm_tiles(snapshot)
            + self._get_money_tiles(customer, snapshot)
            + self._get_open_tiles(customer, snapshot)
        )

    def _get_value_tiles(self, customer, snapshot):
        orders = self._prepare_list_action(
            "sale.order",
            self.env._("Orders"),
            [*self._get_family_domain(customer), ("state", "=", "sale")],
        )
        tiles = [
            _tile("revenue_total", self.env._("Value to date"), snapshot.revenue_total),
            _tile("revenue_12m", self.env._("Last 12 months"), snapshot.revenue_12m),
            _tile("average", self.env._("Average order"), snapshot.average_order),
        ]
        tiles[0]["action"] = orders
        tiles[0]["note"] = self.env._(
            "%(count)s orders", count=snapshot.order_count or 0
        )
        if self._can_read(snapshot, "margin_12m"):
            share = (
                100 * snapshot.margin_12m / snapshot.revenue_12m
                if snapshot.revenue_12m
                else 0
            )
            margin = _tile("margin", self.env._("Margin"), snapshot.margin_12m)
            margin["note"] = self.env._("%(share)s %% of 12 months", share=round(share))
            margin["tone"] = "danger" if snapshot.margin_12m < 0 else False
            tiles.insert(2, margin)
        return tiles

    def _get_rhythm_tiles(self, snapshot):
        last = _tile(
            "last", self.env._("Last order"), _day(snapshot.last_order_date), "date"
        )
        if snapshot.last_order_date:
            last["note"] = self.env._(
                "%(days)s days ago", days=snapshot.days_since_last or 0
            )
        expected = _tile(
            "next",
            self.env._("Next expected"),
            _day(snapshot.expected_next_date),
            "date",
        )
        if snapshot.interval_days:
            expected["note"] = self.env._(
                "every %(days)s days", days=round(snapshot.interval_days)
            )
        today = fields.Date.context_today(self)
        if snapshot.expected_next_date and snapshot.expected_next_date < today:
            expected["tone"] = "warning"
        return [last, expected]

    def _get_money_tiles(self, customer, snapshot):
        due = _tile("balance", self.env._("Balance"), snapshot.balance_due)
        due["action"] = self._prepare_list_action(
            "account.move",
            self.env._("Invoices"),
            [
                *self._get_family_domain(customer),
                ("move_type", "in", ["out_invoice", "out_refund"]),
                ("state", "=", "posted"),
                ("payment_state", "in", ["not_paid", "partial"]),
            ],
        )
        if snapshot.currency_id.compare_amounts(snapshot.overdue_due, 0) > 0:
            due["tone"] = "danger"
            due["note"] = self.env._(
                "%(amount)s overdue",
                amount=snapshot.currency_id.format(snapshot.overdue_due),
            )
        return [due]

    def _get_open_tiles(self, customer, snapshot):
        """Counts of what is open, with its amount; nothing open needs no tile."""
        of_customer = self._get_family_domain(customer)
        rows = (
            (
                "quotes",
                self.env._("Quotations"),
                snapshot.quote_count,
                snapshot.quote_amount,
                "sale.order",
                [("state", "in", ["draft", "sent"])],
            ),
            (
                "open_orders",
                self.env._("Open orders"),
                snapshot.open_order_count,
                snapshot.open_order_amount,
                "sale.order",
                [
                    ("state", "=", "sale"),
                    ("invoice_status", "in", ["no", "to invoice"]),
                ],
            ),
            (
                "leads",
                self.env._("Opportunities"),
                snapshot.lead_count,
                0,
                "crm.lead",
                [("won_status", "=", "pending"), ("active", "=", True)],
            ),
        )
        tiles = []
        for key, label, count, amount, model, domain in rows:
            if not count:
                continue
            tile = _tile(key, label, count, "integer")
            if amount:
                tile["note"] = snapshot.currency_id.format(amount)
            tile["action"] = self._prepare_list_action(
                model, label, of_customer + domain
            )
            tiles.append(tile)
        return tiles

    def _get_standing(self, customer, snapshot):
        """Segment and risk in words; False where the user sees no figures."""
        if not snapshot:
            return False
        selection = {
            name: dict(snapshot._fields[name]._description_selection(self.env))
            for name in ("rfm_segment", "churn_band")
        }
        return {
            "segment": selection["rfm_segment"].get(snapshot.rfm_segment, False),
            "segment_key": snapshot.rfm_segment or False,
            "score": [snapshot.rfm_r, snapshot.rfm_f, snapshot.rfm_m],
            "band": snapshot.churn_band or "none",
            "band_label": selection["churn_band"].get(snapshot.churn_band, False),
            # no model gives exactly none: then there is no model, and nothing to say
            "alive": snapshot.alive_probability or False,
            "reasons": snapshot._get_churn_reason_texts(),
            "lifetime_value": snapshot.lifetime_value_12m,
            "has_orders": bool(snapshot.order_count),
            "segments": self._get_segments(customer),
        }

    def _get_segments(self, customer):
        """The names of the segments the customer is in now."""
        return [
            {"id": segment.id, "name": segment.display_name}
            for segment in customer.segment_ids
        ]

    def _can_read(self, record, name):
        return record._has_field_access(record._fields[name], "read")

    def _get_family_domain(self, customer):
        """Documents of the customer and all contacts, as the figures count them.

        Those of the current company, and of a subsidiary that buys for itself none.
        """
        return [
            ("partner_id.commercial_partner_id", "=", customer.id),
            ("company_id", "in", [self.env.company.id, False]),
        ]

    def _prepare_list_action(self, model, name, domain):
        """An action with the records behind a figure, where the user may read them."""
        if not self.env[model].has_access("read"):
            return False
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": domain,
            "context": {"active_test": False} if model == "crm.lead" else {},
        }


def _tile(key, label, value, kind="monetary"):
    return {"key": key, "label": label, "value": value, "type": kind}


def _day(date):
    return fields.Date.to_string(date) if date else False
