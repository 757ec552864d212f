# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class DistributionMember(models.Model):
    """A member; here: what it may see and order in the portal."""

    # split by concern
    _inherit = "distribution.member"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_of_user(self, company):
        """The member the portal user belongs to, in one company; or none.

        Prospects and closed members have no portal: they ask for theirs first.
        """
        return self.search(
            [
                ("partner_id", "=", self.env.user.partner_id.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "in", ("active", "inactive")),
            ],
            limit=1,
        )

    def _get_portal_suppliers(self):
        """Who sells to this member today: members, and whether the company itself does.

        :return: ``(members, is_own)``
        """
        self.ensure_one()
        links = self.env["distribution.supply.link"]._get_valid(self)
        general = links.filtered(lambda link: not link.categ_id)
        is_own = not general or any(not link.supplier_id for link in links)
        return links.supplier_id.sorted("name"), is_own

    def _get_orderable_domain(self, supplier=None):
        """Products that ``supplier`` (default: this company itself) sells to it.

        The closest category decides: what another link names is not the general
        supplier's. Without a general supplier it is this company.
        """
        self.ensure_one()
        Link = self.env["distribution.supply.link"]
        supplier = supplier or self.browse()
        links = Link._get_valid(self)
        own = links.filtered(lambda link: link.supplier_id == supplier)
        others = (links - own).categ_id
        domain = Domain.FALSE
        if categories := own.categ_id:
            inside = Domain("categ_id", "child_of", categories.ids)
            deeper = others.filtered(
                lambda categ: any(_is_below(categ, above) for above in categories)
            )
            domain |= inside & ~Domain("categ_id", "child_of", deeper.ids)
        general = links.filtered(lambda link: not link.categ_id)
        if general & own or not (general or supplier):
            domain |= ~Domain("categ_id", "child_of", others.ids)
        return domain

    def _get_portal_quotas(self):
        """Active quotas of today that count this member's orders, tightest first.

        :return: list of {name, product, period, policy, unit, limit, used, left}
        """
        self.ensure_one()
        Quota = self.env["order.quota"]
        Quota.flush_model()
        for field in Quota._get_scope_flush_fields():
            self.env[field.model_name].flush_model([field.name])
        partner, today = self.partner_id, fields.Date.context_today(self)
        demand = SQL(
            "SELECT 1 AS key, %s::int AS company_id, NULL::int AS channel_id,"
            " %s::int AS partner_id, %s::int AS shipping_id, %s::date AS day",
            self.company_id.id,
            partner.id,
            partner.id,
            today,
        )
        rows = self.env.execute_query(
            SQL(
                "WITH demand AS (%s), scope(key, scope_key) AS (%s)"
                " SELECT DISTINCT q.id FROM order_quota q"
                " JOIN scope s ON s.scope_key = q.scope_key"
                " WHERE q.company_id = %s AND q.state = 'active'"
                " AND %s BETWEEN q.date_from AND q.date_to",
                demand,
                SQL(" UNION ALL ").join(Quota._get_scope_queries().values()),
                self.company_id.id,
                today,
            )
        )
        quotas = Quota.browse(row[0] for row in rows)
        return [
            quota._prepare_portal_row()
            for quota in quotas.sorted(
                lambda quota: quota.remaining_qty / (quota.limit_qty or 1)
            )
        ]


def _is_below(categ, above):
    return (categ.parent_path or "").startswith(above.parent_path or "-")
