# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import Query


class ResPartner(models.Model):
    """A customer opens as a whole: the figures and the timeline of the family."""

    _inherit = "res.partner"

    customer_snapshot_id = fields.Many2one(
        "customer.snapshot",
        "Customer Figures",
        compute="_compute_customer_snapshot_id",
        search="_search_customer_snapshot_id",
        help="The figures of this customer in the current company.",
    )
    customer_revenue_12m = fields.Monetary(
        "12 Months",
        related="customer_snapshot_id.revenue_12m",
        # the figures of others' customers are not everybody's to read
        related_sudo=False,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_customer_snapshot_id(self):
        snapshots = self.env["customer.snapshot"].with_context(active_test=False)
        found = {}
        if snapshots.has_access("read"):
            found = {
                snapshot.partner_id.id: snapshot
                for snapshot in snapshots.search(
                    [
                        ("partner_id", "in", self.commercial_partner_id.ids),
                        ("company_id", "=", self.env.company.id),
                    ]
                )
            }
        for partner in self:
            partner.customer_snapshot_id = found.get(partner.commercial_partner_id.id)

    def _search_customer_snapshot_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        of_company = Domain("company_id", "=", self.env.company.id)
        snapshots = self.env["customer.snapshot"].with_context(active_test=False)

        def customers(domain):
            query = snapshots._search(of_company & domain)
            return Domain("commercial_partner_id", "in", query.subselect("partner_id"))

        if isinstance(value, (Domain, Query)):
            inner = value if isinstance(value, Domain) else Domain("id", "in", value)
            return customers(inner)
        domain = customers(Domain("id", "in", [id_ for id_ in value if id_]))
        if False in value:
            domain |= ~customers(Domain.TRUE)
        return domain

    def action_open_customer_view(self):
        """Open the customer as a whole; a contact opens its company."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.client"]._for_xml_id("crm_plus.customer_view")
        return {
            **action,
            "display_name": customer.display_name,
            "context": {"active_id": customer.id},
        }

    @api.model
    def _get_visible_customer(self, partner_id):
        """Return the customer that a client asks for by the id of any contact.

        :raises UserError: when it is no id, or the record is gone
        :raises AccessError: when the customer is not this user's to see
        """
        if isinstance(partner_id, bool) or not isinstance(partner_id, int):
            raise UserError(self.env._("This is no customer: choose one in a list."))
        partner = self.browse(partner_id).exists()
        if not partner:
            raise UserError(
                self.env._(
                    "This customer is not there any more: merged with another one, or "
                    "deleted. Look for the name in the list of customers."
                )
            )
        customer = partner.commercial_partner_id
        if not customer.has_access("read") or not customer._is_customer_visible():
            raise AccessError(
                self.env._(
                    "This customer is looked after by somebody else. Ask the "
                    "salesperson or the team's leader to share what you need."
                )
            )
        return customer

    def _is_customer_visible(self):
        """Whether the user may see this customer as a whole: bridges allow more people.

        Everything on the screen is filtered by the rules of its own model on top.
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_group("sales_team.group_sale_salesman_all_leads"):
            return True
        if not user.has_group("sales_team.group_sale_salesman"):
            return False
        if self.user_id in (user, self.env["res.users"]):
            return True
        # the rules of the figures know teams and who owns an order or a lead
        return bool(
            self.env["customer.snapshot"]
            .with_context(active_test=False)
            .search_count([("partner_id", "=", self.id)], limit=1)
        )

    def _get_customer_family_ids(self):
        """The ids of the customer and all contacts, archived ones too."""
        self.ensure_one()
        family = self.with_context(active_test=False).search(
            Domain("commercial_partner_id", "=", self.id)
        )
        return (self | family).ids
