# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date, formatLang


class SaleOrder(models.Model):
    """An order; here: why it comes from its warehouses, in words.

    Facts are stored, words are made when somebody looks, in their language.
    """

    _inherit = "sale.order"

    sourcing_summary = fields.Char(
        "Served From, Why",
        compute="_compute_sourcing_summary",
        groups="base.group_user",
    )
    sourcing_story = fields.Html(
        "Why These Warehouses, in Words",
        compute="_compute_sourcing_story",
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("sourcing_trace", "sourcing_state")
    @api.depends_context("lang")
    def _compute_sourcing_summary(self):
        names = self._get_sourcing_names()
        for order in self:
            order.sourcing_summary = order._get_sourcing_summary(names)

    @api.depends("sourcing_trace", "sourcing_state")
    @api.depends_context("lang")
    def _compute_sourcing_story(self):
        names = self._get_sourcing_names()
        for order in self:
            order.sourcing_story = order._get_sourcing_story(names)

    def _get_sourcing_names(self):
        """Names of what these traces tell of: ``{(model, id): name}``."""
        houses, rules, order_rules = set(), set(), set()
        for order in self:
            trace = order.sourcing_trace or {}
            order_rules.update(filter(None, [trace.get("order_rule")]))
            houses.update(trace.get("chosen", ()))
            for row in trace.get("tries", ()):
                rules.add(row["rule"])
                houses.update(offer["warehouse"] for offer in row["candidates"])
        names = {}
        found = {
            "stock.warehouse": houses,
            "order.sourcing.rule": rules,
            "order.rule": order_rules,
        }
        for model, ids in found.items():
            # sudo: who sees the order may know what the warehouses are called
            for record in self.env[model].sudo().browse(sorted(ids)).exists():
                names[model, record.id] = record.name
        return names

    def _get_house(self, names, warehouse_id):
        gone = self.env._("a warehouse that is gone")
        return names.get(("stock.warehouse", warehouse_id), gone)

    def _get_rule_name(self, names, rule_id, model="order.sourcing.rule"):
        gone = self.env._("a rule that is gone")
        return names.get((model, rule_id), gone)

    def _get_sourcing_summary(self, names):
        """One sentence, or False where nothing was chosen."""
        self.ensure_one()
        trace = self.sourcing_trace
        if not trace:
            return False
        houses = ", ".join(self._get_house(names, key) for key in trace["chosen"])
        if trace["result"] == "manual":
            text = self.env._(
                "From %(houses)s, chosen by %(user)s", houses=houses, user=trace["by"]
            )
        elif trace["result"] == "ruled":
            text = self.env._(
                "From %(houses)s, set by the order rule “%(rule)s”",
                houses=houses,
                rule=self._get_rule_name(names, trace["order_rule"], "order.rule"),
            )
        elif trace["result"] == "none":
            text = self._get_queue_reason(trace)
        else:
            tried = trace["tries"][-1] if trace["tries"] else {"rule": 0}
            text = self.env._(
                "From %(houses)s by the rule “%(rule)s”",
                houses=houses,
                rule=self._get_rule_name(names, tried["rule"]),
            )
            if trace["result"] == "partial":
                missing = self.env._("a part is not in stock and waits")
                text = f"{text}; {missing}"
        return f"{trace['reason']}. {text}" if trace.get("reason") else text

    def _get_queue_reason(self, trace):
        """Why no rule found warehouses, by what stood in the way most."""
        if not trace["tries"]:
            return self.env._("No sourcing rule is about it any more")
        whys = [offer["why"] for row in trace["tries"] for offer in row["candidates"]]
        if not whys:
            return self.env._("The rules name no warehouse that is in use")
        reasons = {
            "rejected": self.env._("The warehouses that were asked could not ship it"),
            "capacity": self.env._("The warehouses that have it are full that day"),
            "carrier": self.env._("No delivery method goes to the address"),
            "distance": self.env._("Every warehouse that has it is too far away"),
            "stock": self.env._("No warehouse has any of it"),
        }
        if "short" in whys or "beaten" in whys:
            return self.env._("Not all of it is in stock in so few warehouses")
        for why, reason in reasons.items():
            if why in whys:
                if trace.get("no_country") and why in ("carrier", "distance"):
                    hint = self.env._("the address has no country")
                    return f"{reason} ({hint})"
                return reason
        return reasons["stock"]

    def _get_sourcing_story(self, names):
        """Rules that were tried and what each warehouse could have done, as a table."""
        self.ensure_one()
        trace = self.sourcing_trace
        if not trace:
            return False
        parts = [Markup("<p><b>%s</b></p>") % (self.sourcing_summary or "")]
        if trace.get("no_country"):
            hint = self.env._(
                "The address has no country: distances are not known, and delivery "
                "methods for certain countries do not apply."
            )
            parts.append(Markup("<p class='text-warning'>%s</p>") % hint)
        for row in trace["tries"]:
            parts.append(self._get_try_table(row, names, trace.get("lines", 0)))
        return Markup("").join(parts)

    def _get_try_table(self, row, names, count):
        results = {
            "full": self.env._("serves the order"),
            "partial": self.env._("serves a part of the order"),
            "none": self.env._("cannot serve it"),
        }
        head = Markup("<p class='mb-1'>%s</p>") % self.env._(
            "Rule “%(rule)s”: %(result)s",
            rule=self._get_rule_name(names, row["rule"]),
            result=results[row["result"]],
        )
        titles = [
            self.env._("Warehouse"),
            self.env._("Lines in stock"),
            self.env._("Distance"),
            self.env._("Cost"),
            self.env._("Leaves"),
            self.env._("Why"),
        ]
        cells = Markup("").join(Markup("<th>%s</th>") % title for title in titles)
        body = Markup("").join(
            self._get_offer_row(offer, names, count) for offer in row["candidates"]
        )
        return head + Markup(
            "<div class='table-responsive'><table class='table table-sm'>"
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (cells, body)

    def _get_offer_row(self, offer, names, count):
        whys = self._get_why_texts()
        cells = [
            self._get_house(names, offer["warehouse"]),
            f"{offer['lines']} / {count}" if count else offer["lines"],
            self._format_distance(offer["km"], offer["guess"]),
            self._format_cost(offer["cost"]),
            self._format_day(offer["date"]),
            whys.get(offer["why"], offer["why"]),
        ]
        style = "" if offer["why"] else "table-success"
        row = Markup("").join(Markup("<td>%s</td>") % cell for cell in cells)
        return Markup("<tr class='%s'>%s</tr>") % (style, row)

    def _get_why_texts(self):
        """What the facts of a candidate are called."""
        return {
            "": self.env._("Chosen"),
            "beaten": self.env._("Has it; another is better"),
            "short": self.env._("Has only a part"),
            "stock": self.env._("Has nothing of it"),
            "capacity": self.env._("Full on its next shipping day"),
            "carrier": self.env._("No delivery method goes there"),
            "distance": self.env._("Too far away"),
            "rejected": self.env._("Could not ship it lately"),
        }

    def _format_distance(self, km, is_guess):
        if km is None or km >= 20_000:
            return self.env._("not known")
        figure = formatLang(self.env, km, digits=0)
        return f"≈ {figure} km" if is_guess else f"{figure} km"

    def _format_cost(self, cost):
        if cost is None:
            return self.env._("not known")
        return formatLang(self.env, cost, currency_obj=self.company_id.currency_id)

    def _format_day(self, day):
        return format_date(self.env, day) if day else ""

    def _get_why_entries(self):
        """Override: which warehouses were looked at, and why which was taken."""
        entries = super()._get_why_entries()
        if self.sourcing_trace:
            story = html2plaintext(self.sourcing_story or "").strip()
            summary = self.sourcing_summary or ""
            entries.append(
                {
                    "at": self.sourced_at,
                    "what": self.env._("Warehouses"),
                    "why": "\n".join(filter(None, [summary, story])),
                    "who": False,
                    "res_model": "sale.order",
                    "res_id": self.id,
                }
            )
        return entries
