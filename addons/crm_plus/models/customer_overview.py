# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

_MONTHS = 24
_CONTACTS = 8
_ACTIVITIES = 5


class CustomerOverview(models.AbstractModel):
    """The head of the customer's screen: one call, the same number of queries for all.

    Bridges add tiles, facts and quick actions by the ``_get_*`` hooks.
    """

    _name = "customer.overview"
    _description = "Customer Overview"

    @api.model
    def get_overview(self, partner_id):
        """Return all of the screen but the timeline, which is read on its own.

        :param int partner_id: any partner of the commercial family
        :raises AccessError: when the customer is not the user's to see
        :raises UserError: when the customer is gone
        """
        customer = self.env["res.partner"]._get_visible_customer(partner_id)
        snapshot = self._get_snapshot(customer)
        return {
            "customer": self._prepare_customer(customer, snapshot),
            "company": self.env.company.name,
            "is_one_of_many": len(self.env.user.company_ids) > 1,
            "currency_id": self.env.company.currency_id.id,
            "tiles": self._get_tiles(customer, snapshot),
            "standing": self._get_standing(customer, snapshot),
            "months": self._get_months(snapshot),
            "rhythm": self._get_rhythm(customer, snapshot),
            "products": self._get_products(snapshot),
            "facts": self._get_facts(customer, snapshot),
            "activities": self._get_activities(customer),
            "actions": self._get_quick_actions(customer),
            "filters": self.env["customer.timeline"]._get_filters(),
            "computed_at": fields.Datetime.to_string(snapshot.computed_at)
            if snapshot
            else False,
        }

    @api.model
    def refresh(self, partner_id):
        """Compute the figures of a customer now and return the screen again."""
        customer = self.env["res.partner"]._get_visible_customer(partner_id)
        self._refresh_snapshot(customer)
        return self.get_overview(customer.id)

    # --------------------------------------------------------------------- hooks
    @api.model
    def _get_tiles(self, customer, snapshot):
        """Return the figures on top: dicts ``{key, label, value, type, note, tone,
        action}``; type is monetary, integer, date or days, the last three optional."""
        return []

    @api.model
    def _get_facts(self, customer, snapshot):
        """Return what else is known: dicts ``{key, label, value, action}``."""
        facts = []
        # names only, of records that other companies' rules may hide
        snapshot_sudo, customer_sudo = snapshot.sudo(), customer.sudo()
        if snapshot:
            facts += [
                {
                    "key": "lead_source",
                    "label": self.env._("Came by"),
                    "value": snapshot_sudo.lead_source_id.display_name,
                },
                {
                    "key": "category",
                    "label": self.env._("Buys most"),
                    "value": snapshot_sudo.preferred_category_id.display_name,
                },
                {
                    "key": "grade",
                    "label": self.env._("Lead grade"),
                    "value": snapshot.score_grade,
                },
                {
                    "key": "terms",
                    "label": self.env._("Payment terms"),
                    "value": customer_sudo.property_payment_term_id.display_name,
                },
            ]
        facts += [
            {
                "key": "since",
                "label": self.env._("Known since"),
                "value": fields.Date.to_string(customer.create_date),
                "type": "date",
            },
        ]
        return [fact for fact in facts if fact["value"]]

    @api.model
    def _get_quick_actions(self, customer):
        """Return what can be started here: dicts ``{key, label, icon, action}``."""
        return [
            action
            for model, action in (
                ("sale.order", self._prepare_quotation_action(customer)),
                ("crm.lead", self._prepare_lead_action(customer)),
                ("mail.activity", self._prepare_activity_action(customer)),
                ("calendar.event", self._prepare_meeting_action(customer)),
                ("mail.message", self._prepare_mail_action(customer)),
            )
            if self.env[model].has_access("create")
        ]

    # ----------------------------------------------------------------- the parts
    def _get_snapshot(self, customer):
        """The figures in the current company, or none where the user may see none."""
        snapshots = self.env["customer.snapshot"]
        if not snapshots.has_access("read"):
            return snapshots
        # made at the first look where nothing has happened yet
        return customer.customer_snapshot_id or snapshots._ensure(customer)

    def _refresh_snapshot(self, customer):
        # written by the system, whoever looks; read with the user's own rights
        self.env["customer.snapshot"].sudo()._refresh(
            partners=customer.sudo(), companies=self.env.company
        )

    def _prepare_customer(self, customer, snapshot):
        contacts = customer.search_fetch(
            Domain("commercial_partner_id", "=", customer.id)
            & Domain("id", "!=", customer.id),
            ["name", "function", "email", "phone", "type"],
            limit=_CONTACTS + 1,
            order="name, id",
        )
        return {
            "id": customer.id,
            "name": customer.display_name,
            "is_company": customer.is_company,
            "is_archived": not customer.active,
            "email": customer.email,
            "phone": customer.phone,
            "website": customer.website,
            "place": ", ".join(
                filter(None, [customer.city, customer.country_id.display_name])
            ),
            "vat": customer.vat,
            "tags": [
                {"id": tag.id, "name": tag.name, "color": tag.color}
                for tag in customer.category_id
            ],
            # people of other companies have names, too
            "salesperson": customer.sudo().user_id.name,
            "team": snapshot.sudo().team_id.name,
            "has_more_contacts": len(contacts) > _CONTACTS,
            "contacts": [
                {
                    "id": contact.id,
                    "name": contact.name or contact.display_name,
                    "function": contact.function,
                    "email": contact.email,
                    "phone": contact.phone,
                }
                for contact in contacts[:_CONTACTS]
            ],
        }

    def _get_months(self, snapshot):
        """Value of each of the last months, those without any too, oldest first."""
        values = (snapshot and snapshot.month_values) or {}
        this_month = fields.Date.context_today(self).replace(day=1)
        months = [
            this_month - relativedelta(months=number)
            for number in range(_MONTHS - 1, -1, -1)
        ]
        return [
            {"month": fields.Date.to_string(month), "amount": amount}
            for month in months
            for amount in [float(values.get(month.strftime("%Y-%m")) or 0)]
        ]

    def _get_rhythm(self, customer, snapshot):
        """The days with a purchase in those months, and when the next is expected."""
        orders = self.env["sale.order"]
        today = fields.Date.context_today(self)
        since = today.replace(day=1) - relativedelta(months=_MONTHS - 1)
        days = []
        if snapshot and orders.has_access("read"):
            groups = orders._read_group(
                [
                    ("partner_id", "in", customer._get_customer_family_ids()),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "sale"),
                    ("date_order", ">=", since),
                ],
                ["date_order:day"],
            )
            days = [fields.Date.to_string(day) for [day] in groups]
        expected = snapshot.expected_next_date if snapshot else False
        return {
            "since": fields.Date.to_string(since),
            "until": fields.Date.to_string(max(today, expected or today)),
            "today": fields.Date.to_string(today),
            "days": days,
            "expected": expected and fields.Date.to_string(expected),
            "interval": snapshot.interval_days if snapshot else 0,
            "silent": snapshot.days_since_last if snapshot else 0,
        }

    def _get_products(self, snapshot):
        rows = (snapshot and snapshot.top_products) or []
        products = self.env["product.product"].browse(row["id"] for row in rows)
        # the names of what was bought, sold any more or not
        products_sudo = products.sudo().exists()
        names = {product.id: product.display_name for product in products_sudo}
        return [
            {
                "id": row["id"],
                "name": names[row["id"]],
                "quantity": row.get("quantity", 0),
                "amount": row.get("amount", 0),
            }
            for row in rows
            if row["id"] in names
        ]

    def _get_activities(self, customer):
        """What is planned next on the customer, the orders and the leads."""
        documents = self.env["customer.timeline"]._get_message_documents(
            customer._get_customer_family_ids()
        )
        domains = []
        for model, domain in documents.items():
            records = self.env[model].with_context(active_test=False)
            if records.has_access("read"):
                domains.append(
                    Domain("res_model", "=", model)
                    & Domain("res_id", "in", records._search(domain))
                )
        # who may read the document sees its activities, as in its own form
        activities_sudo = (
            self.env["mail.activity"]
            .sudo()
            .search(Domain.OR(domains), limit=_ACTIVITIES, order="date_deadline, id")
        )
        return [
            {
                "id": activity.id,
                "summary": activity.summary or activity.activity_type_id.name,
                "deadline": fields.Date.to_string(activity.date_deadline),
                "state": activity.state,
                "user": activity.user_id.name,
                "icon": activity.icon or "fa-clock-o",
                "model": activity.res_model,
                "res_id": activity.res_id,
            }
            for activity in activities_sudo
        ]
