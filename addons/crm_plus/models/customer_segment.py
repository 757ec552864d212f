# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .constants import RFM_SEGMENTS


class CustomerSegment(models.Model):
    """A group of customers: by RFM, by a rule, or put together by hand."""

    _name = "customer.segment"
    _description = "Customer Segment"
    _inherit = ["customer.rule.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: in every company, each with its own."
    )
    kind = fields.Selection(
        [("rule", "Rule"), ("rfm", "RFM"), ("static", "Chosen by Hand")],
        default="rule",
        required=True,
        tracking=True,
    )
    rfm_segment = fields.Selection(RFM_SEGMENTS, "RFM Segment", tracking=True)
    domain = fields.Char(
        "Rule", default="[]", help="On customers in figures.", tracking=True
    )
    note = fields.Text("What It Is For", translate=True)
    member_ids = fields.One2many("customer.segment.member", "segment_id")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_partner_ids",
        inverse="_inverse_partner_ids",
    )
    member_count = fields.Integer("Customers Now", compute="_compute_member_count")
    live_count = fields.Integer(
        "Would Be In", compute="_compute_live_count", help="If it were computed now."
    )
    refreshed_at = fields.Datetime("Computed", readonly=True, copy=False)

    @api.depends("member_ids.until")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_partner_ids(self):
        groups = self.env["customer.segment.member"]._read_group(
            self._get_member_domain(),
            ["segment_id", "company_id"],
            ["partner_id:recordset"],
        )
        for segment in self:
            # chosen by hand is what one company writes, see `_set_members`
            company = segment.company_id or self.env.company
            segment.partner_ids = self.env["res.partner"].union(
                *(
                    partners
                    for of_segment, of_company, partners in groups
                    if of_segment == segment
                    and (segment.kind != "static" or of_company == company)
                )
            )

    def _inverse_partner_ids(self):
        for segment in self:
            if segment.kind != "static":
                raise UserError(
                    self.env._(
                        "%(segment)s is computed. Change its rule, or make a segment"
                        " that is chosen by hand.",
                        segment=segment.display_name,
                    )
                )
            segment._set_members(segment.partner_ids.commercial_partner_id)

    @api.depends("member_ids.until")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_member_count(self):
        groups = dict(
            self.env["customer.segment.member"]._read_group(
                self._get_member_domain(), ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.member_count = groups.get(segment, 0)

    @api.depends("kind", "domain", "rfm_segment", "company_id", "member_count")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_live_count(self):
        snapshots = self.env["customer.snapshot"]
        for segment in self:
            domain = None
            if segment.kind != "static":
                domain = segment._get_rule(raises=False)
            segment.live_count = (
                segment.member_count
                if domain is None
                else snapshots.search_count(domain)
            )

    @api.constrains("kind", "domain", "rfm_segment")
    def _check_rule(self):
        for segment in self:
            if segment.kind == "rfm" and not segment.rfm_segment:
                raise ValidationError(
                    self.env._("Choose the RFM segment that this segment follows.")
                )
            if segment.kind == "rule":
                segment._get_rule()

    def _get_member_domain(self):
        """The memberships of now."""
        return Domain("segment_id", "in", self.ids) & Domain("until", "=", False)

    def _get_rule(self, raises=True):
        """The customers in figures that belong in here, as a domain.

        :raises ValidationError: the rule cannot be read or names what is not there;
            None instead where ``raises`` is not set
        """
        self.ensure_one()
        domain = Domain("order_count", ">", 0)
        if self.kind == "rfm":
            domain = Domain("rfm_segment", "=", self.rfm_segment)
        elif self.kind == "rule":
            try:
                domain = Domain(literal_eval(self.domain or "[]"))
                domain = domain.optimize_full(self.env["customer.snapshot"])
                # with the rights of who writes the rule: it may not probe more
                self.env["customer.snapshot"]._search(domain)
            except Exception as error:  # whatever a person typed may raise anything
                if not raises:
                    return None
                raise ValidationError(
                    self.env._(
                        "The rule of %(segment)s cannot be used: %(error)s. Open the"
                        " rule and take out what is marked, or start it again.",
                        segment=self.display_name,
                        error=str(error) or type(error).__name__,
                    )
                ) from error
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    def _refresh(self, companies=None):
        """Bring members up to date: who left keeps a row that says until when.

        A rule that cannot be used any more (a field is gone) keeps its members, says so
        on the segment and to its owner, and holds back no other one.

        :param companies: all of them where not given
        """
        companies = companies or self.env["res.company"].sudo().search(
            [("active", "=", True)]
        )
        self.env.flush_all()
        now = fields.Datetime.now()
        for segment in self.filtered(lambda segment: segment.kind != "static"):
            segment_sudo = segment.sudo()
            error = segment._find_error(
                lambda segment_sudo=segment_sudo: segment_sudo._refresh_members(
                    companies, now
                )
            )
            segment._note_error(error)
            if not error:
                segment_sudo.refreshed_at = now
        self.env.invalidate_all()

    def _refresh_members(self, companies, now):
        domain = self._get_rule() & Domain("company_id", "in", companies.ids)
        rows = self.env["customer.snapshot"]._search(domain)
        wanted = SQL(
            "SELECT s.partner_id, s.company_id FROM customer_snapshot s"
            " WHERE s.id IN (%s)",
            rows.select(),
        )
        self._write_members(wanted, companies, now)

    def _set_members(self, partners):
        """The members of a segment that is chosen by hand."""
        self.env.flush_all()
        company = self.company_id or self.env.company
        wanted = SQL(
            "SELECT id AS partner_id, %s::integer AS company_id FROM res_partner"
            " WHERE id = ANY(%s)",
            company.id,
            partners.ids,
        )
        # membership rows are written by the segment only, never by hand
        self.sudo()._write_members(wanted, company, fields.Datetime.now())
        self.env["customer.segment.member"].invalidate_model()

    def _write_members(self, wanted, companies, now):
        """Close memberships that are not wanted, begin those that are missing."""
        self.env.cr.execute(
            SQL(
                "UPDATE customer_segment_member m SET until = %(now)s"
                " WHERE m.segment_id = %(segment)s AND m.until IS NULL"
                " AND m.company_id = ANY(%(companies)s) AND NOT EXISTS (SELECT"
                " FROM (%(wanted)s) w WHERE w.partner_id = m.partner_id"
                " AND w.company_id = m.company_id)",
                now=now,
                segment=self.id,
                companies=companies.ids,
                wanted=wanted,
            )
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_segment_member"
                " (segment_id, partner_id, company_id, since)"
                " SELECT %(segment)s, w.partner_id, w.company_id, %(now)s"
                " FROM (%(wanted)s) w WHERE NOT EXISTS (SELECT"
                " FROM customer_segment_member m WHERE m.segment_id = %(segment)s"
                " AND m.partner_id = w.partner_id AND m.company_id = w.company_id"
                " AND m.until IS NULL)",
                now=now,
                segment=self.id,
                wanted=wanted,
            )
        )

    def action_refresh(self):
        """Bring members up to date now."""
        self.check_access("write")
        self._refresh()
        return True

    def action_view_customers(self):
        """The customers in figures that are in now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_snapshot_action"
        )
        action["domain"] = [("partner_id.segment_ids", "in", self.ids)]
        action["context"] = {}
        action["name"] = self.display_name
        return action

    def action_view_members(self):
        """Who came and went, and when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_segment_member_action"
        )
        return {
            **action,
            "name": self.env._("Members of %(segment)s", segment=self.display_name),
            "domain": [("segment_id", "=", self.id)],
        }

    def action_schedule_activity(self):
        """Plan an activity for every customer in here."""
        self.ensure_one()
        return self.env["customer.snapshot"]._get_activity_action(self.partner_ids)
