# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
import unicodedata

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.order_management.neutral.words import fold, squeeze

#: members nearer than this may be one and the same, in metres
NEAR = 50
#: how alike two names have to be, as pg_trgm counts it
ALIKE = 0.6
#: of latitude, in a metre
_DEGREES = 1 / 111_320
#: digits that tell one number from another, however the country code is written
_PHONE_DIGITS = 9
#: words of kinds of shops and companies, which tell nobody apart
_GENERIC = re.compile(
    r"\b(tap hoa|cua hang|sieu thi|nha hang|dai ly|cong ty|co phan|mot thanh vien|tnhh"
    r"|mtv|hkd|mini|quan|shop|store|company|co ltd|ltd|jsc|inc)\b"
)


def _get_name_key(name):
    words = fold(name or "")
    return squeeze(_GENERIC.sub(" ", words)) or squeeze(words)


def _get_phone_key(phone):
    digits = "".join(
        str(unicodedata.digit(char)) for char in phone or "" if char.isdigit()
    )
    return digits[-_PHONE_DIGITS:] if len(digits) >= 7 else False


class DistributionMember(models.Model):
    """A member; here: whether it is there already under another name.

    Nothing is refused: two shops may share a telephone or a wall. People are shown what
    looks the same, and say so when it is not.
    """

    _inherit = "distribution.member"

    phone_key = fields.Char(
        compute="_compute_phone_key", store=True, index="btree_not_null"
    )
    name_key = fields.Char(compute="_compute_name_key", store=True, index="trigram")
    distinct_ids = fields.Many2many(
        "distribution.member",
        "distribution_member_distinct_rel",
        "member_id",
        "other_id",
        "Not the Same As",
        copy=False,
    )
    duplicate_ids = fields.Many2many(
        "distribution.member",
        string="Possible Duplicates",
        compute="_compute_duplicates",
    )
    duplicate_reason = fields.Char(compute="_compute_duplicates")
    has_duplicates = fields.Boolean(
        compute="_compute_duplicates", search="_search_has_duplicates"
    )

    _place_idx = models.Index("(company_id, latitude, longitude) WHERE has_position")

    @api.depends("partner_id.phone")
    def _compute_phone_key(self):
        for member in self:
            member.phone_key = _get_phone_key(member.partner_id.phone)

    @api.depends("partner_id.name")
    def _compute_name_key(self):
        for member in self:
            member.name_key = _get_name_key(member.partner_id.name)

    @api.depends(
        "distinct_ids",
        "latitude",
        "longitude",
        "name",
        "partner_id",
        "phone",
        "territory_id",
    )
    def _compute_duplicates(self):
        found = self._find_duplicates()
        labels = self._get_duplicate_labels()
        for member in self:
            pairs = found.get(member, {})
            member.duplicate_ids = [Command.set(list(pairs))]
            member.has_duplicates = bool(pairs)
            reasons = sorted(
                {reason for found_by in pairs.values() for reason in found_by}
            )
            member.duplicate_reason = ", ".join(labels[reason] for reason in reasons)

    @api.model
    def _get_duplicate_labels(self):
        return {
            "phone": self.env._("same telephone"),
            "place": self.env._("less than %(metres)s m away", metres=NEAR),
            "name": self.env._("similar name in the same territory"),
        }

    @api.model
    def _search_has_duplicates(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_for_duplicates()
        query = SQL(
            "(SELECT id FROM (%s) pair)",
            self._get_duplicate_query(
                SQL(
                    "SELECT id AS key, id, company_id, phone_key, name_key,"
                    " territory_id, latitude, longitude, has_position"
                    " FROM distribution_member"
                    " WHERE active AND state <> 'closed' AND company_id = ANY(%s)",
                    self.env.companies.ids,
                )
            ),
        )
        rows = self.env.execute_query(SQL("SELECT DISTINCT id FROM %s pair", query))
        domain = Domain("id", "in", [row[0] for row in rows])
        return domain if True in value else ~domain

    def _find_duplicates(self):
        """``{member: {id of the other: reasons}}`` of saved and new members, one query.

        Found across the whole company, whatever the user may open: else two
        representatives would each make the same outlet.
        """
        found = self._match_duplicates(
            [
                self._prepare_duplicate_row(
                    place,
                    member._origin.id,
                    phone=member.phone,
                    name=member.name,
                    company=member.company_id,
                    territory=member.territory_id,
                    latitude=member.latitude,
                    longitude=member.longitude,
                )
                for place, member in enumerate(self)
            ]
        )
        return {self[place]: pairs for place, pairs in found.items()}

    @api.model
    def _prepare_duplicate_row(
        self,
        key,
        member_id=None,
        *,
        company,
        phone=None,
        name=None,
        territory=None,
        latitude=0.0,
        longitude=0.0,
    ):
        """What is compared of a member, or of somebody who may become one."""
        return (
            key,
            member_id or None,
            company.id or self.env.company.id,
            _get_phone_key(phone) or None,
            _get_name_key(name) or None,
            territory._origin.id or None if territory else None,
            latitude,
            longitude,
            bool(latitude or longitude),
        )

    @api.model
    def _match_duplicates(self, rows):
        """``{key: {id of a member that looks the same: reasons}}``, one query.

        :param rows: as of ``_prepare_duplicate_row``
        """
        if not rows:
            return {}
        self._flush_for_duplicates()
        own = SQL(
            "SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[],"
            " %s::text[], %s::int[], %s::numeric[], %s::numeric[], %s::bool[])"
            " AS own(key, id, company_id, phone_key, name_key, territory_id,"
            " latitude, longitude, has_position)",
            *map(list, zip(*rows, strict=True)),
        )
        found = {}
        for key, _id, other_id, reason in self.env.execute_query(
            self._get_duplicate_query(own)
        ):
            found.setdefault(key, {}).setdefault(other_id, set()).add(reason)
        return found

    def _flush_for_duplicates(self):
        self.flush_model(
            [
                "active",
                "company_id",
                "distinct_ids",
                "has_position",
                "latitude",
                "longitude",
                "name_key",
                "phone_key",
                "state",
                "territory_id",
            ]
        )
        if self.env.registry.has_trigram:
            self.env.cr.execute(
                SQL("SET LOCAL pg_trgm.similarity_threshold = %s", ALIKE)
            )

    def _get_duplicate_query(self, own):
        """Pairs ``(key, id, other id, reason)`` for the members of query ``own``."""
        # without the extension, only the same letters are alike
        alike = SQL("%%") if self.env.registry.has_trigram else SQL("=")
        pair = SQL(
            " JOIN distribution_member other ON other.company_id = own.company_id"
            " AND other.active AND other.state <> 'closed'"
            " AND other.id IS DISTINCT FROM own.id"
        )
        return SQL(
            """
            WITH own AS (%(own)s), pair AS (
                SELECT own.key, own.id, other.id AS other_id, 'phone' AS reason
                FROM own %(pair)s AND other.phone_key = own.phone_key
                UNION ALL
                SELECT own.key, own.id, other.id, 'name'
                FROM own %(pair)s AND other.territory_id = own.territory_id
                  AND other.name_key %(alike)s own.name_key
                UNION ALL
                SELECT own.key, own.id, other.id, 'place'
                FROM own %(pair)s AND own.has_position AND other.has_position
                  AND other.latitude BETWEEN own.latitude - %(degrees)s
                    AND own.latitude + %(degrees)s
                  AND 2 * 6371000 * asin(sqrt(least(1,
                    power(sin(radians(other.latitude - own.latitude) / 2), 2)
                    + cos(radians(own.latitude)) * cos(radians(other.latitude))
                    * power(sin(radians(other.longitude - own.longitude) / 2), 2)
                  ))) <= %(near)s
            )
            SELECT key, id, other_id, reason FROM pair
            WHERE NOT EXISTS (
                SELECT FROM distribution_member_distinct_rel rel
                WHERE (rel.member_id, rel.other_id) IN (
                    (pair.id, pair.other_id), (pair.other_id, pair.id)
                )
            )
            """,
            own=own,
            pair=pair,
            alike=alike,
            near=NEAR,
            degrees=NEAR * _DEGREES * 1.01,
        )

    def action_view_duplicates(self):
        """Open these members with those that may be the same."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_member_action"
        )
        members = self | self.duplicate_ids
        return {**action, "domain": [("id", "in", members.ids)], "context": {}}

    def action_not_duplicate(self):
        """Whatever looks like these members is somebody else."""
        for member in self:
            member.distinct_ids |= member.duplicate_ids
        self.invalidate_recordset(["duplicate_ids", "has_duplicates"])
