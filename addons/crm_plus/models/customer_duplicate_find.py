# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# a key that more contacts share is a switchboard or a placeholder, not a person
_MAX_SHARED = 10


class CustomerDuplicate(models.Model):
    """How pairs are found: keys of every contact, joined with themselves, in SQL."""

    _inherit = "customer.duplicate"

    @api.model
    def _get_key_queries(self):
        """:return: SQL selects (id, rule, key); a hook for bridges (external ids).

        Only main contacts: addresses of the same customer share what they share.
        """
        main = SQL("active AND COALESCE(type, 'contact') = 'contact'")
        name = self._sql_plain("name")
        city = self._sql_plain("city")
        vat = SQL("regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g')")
        return [
            SQL(
                "SELECT id, 'phone', phone_sanitized FROM res_partner"
                " WHERE %s AND phone_sanitized LIKE '+%%'",
                main,
            ),
            SQL(
                "SELECT id, 'email', email_normalized FROM res_partner"
                " WHERE %s AND email_normalized <> ''",
                main,
            ),
            SQL(
                "SELECT id, 'vat', %s FROM res_partner"
                " WHERE %s AND id = commercial_partner_id AND length(%s) > 5",
                vat,
                main,
                vat,
            ),
            SQL(
                "SELECT id, 'name_city', %s || '|' || %s FROM res_partner"
                " WHERE %s AND length(%s) > 1 AND city <> ''",
                name,
                city,
                main,
                name,
            ),
        ]

    @api.model
    def _sql_plain(self, column):
        """Lower case without accents, blanks and punctuation (Đỗ Thị Hà = dothiha)."""
        return SQL(
            r"regexp_replace(translate(lower(normalize(%s, NFD)), 'đ', 'd'),"
            r" '[\u0300-\u036f[:space:][:punct:]]+', '', 'g')",
            SQL.identifier(column),
        )

    @api.model
    def _get_pairs_query(self):
        return SQL(
            """
            WITH keys AS (
                SELECT id, rule, key,
                       count(*) OVER (PARTITION BY rule, key) AS shared
                FROM (%(keys)s) AS k(id, rule, key)
            ), pairs AS (
                SELECT a.id AS a, b.id AS b, array_agg(DISTINCT a.rule) AS rules
                FROM keys a
                JOIN keys b ON b.rule = a.rule AND b.key = a.key AND b.id > a.id
                WHERE a.shared BETWEEN 2 AND %(most)s
                GROUP BY a.id, b.id
            )
            SELECT pa.id, pb.id, pairs.rules, COALESCE(pa.company_id, pb.company_id)
            FROM pairs
            JOIN res_partner pa ON pa.id = pairs.a
            JOIN res_partner pb ON pb.id = pairs.b
            WHERE pa.parent_id IS DISTINCT FROM pb.id
              AND pb.parent_id IS DISTINCT FROM pa.id
              AND (pa.commercial_partner_id <> pb.commercial_partner_id
                   OR %(name_a)s = %(name_b)s)
              AND (pa.company_id IS NULL OR pb.company_id IS NULL
                   OR pa.company_id = pb.company_id)
              AND (NULLIF(pa.vat, '') IS NULL OR NULLIF(pb.vat, '') IS NULL
                   OR pa.vat = pb.vat OR 'vat' = ANY(pairs.rules))
              AND NOT EXISTS (SELECT 1 FROM res_company c
                              WHERE c.partner_id IN (pa.id, pb.id))
              AND NOT EXISTS (SELECT 1 FROM res_users u
                              WHERE u.partner_id IN (pa.id, pb.id) AND NOT u.share)
              AND NOT EXISTS (SELECT 1 FROM customer_duplicate d
                              WHERE d.partner_id = pa.id AND d.other_id = pb.id
                                AND d.state = 'distinct')
            ORDER BY pa.id, pb.id
            """,
            keys=SQL(" UNION ALL ").join(self._get_key_queries()),
            most=_MAX_SHARED,
            name_a=self._sql_plain_of("pa"),
            name_b=self._sql_plain_of("pb"),
        )

    @api.model
    def _sql_plain_of(self, alias):
        return SQL("lower(%s)", SQL.identifier(alias, "name"))

    @api.model
    def _find(self):
        """Put every new pair in the queue; the same two queries for any number.

        Pairs that wait are told what is the same today, and go when nothing is: the
        automatic merge must not act on a phone number somebody has corrected since.

        :return: the new pairs
        """
        self.env.flush_all()
        rules = self._get_rules()
        rows = [
            self._prepare_pair(rules, *row)
            for row in self.env.execute_query(self._get_pairs_query())
        ]
        found = self.env.execute_query(
            SQL(
                """
                WITH n AS (
                    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS n(
                        partner_id int, other_id int, company_id int, rules jsonb,
                        score int, strong_count int)
                ), gone AS (
                    DELETE FROM customer_duplicate d
                    WHERE d.state = 'open' AND NOT EXISTS (SELECT 1 FROM n
                        WHERE n.partner_id = d.partner_id AND n.other_id = d.other_id)
                ), still AS (
                    UPDATE customer_duplicate d SET rules = n.rules, score = n.score,
                        strong_count = n.strong_count, company_id = n.company_id
                    FROM n WHERE d.state = 'open'
                        AND d.partner_id = n.partner_id AND d.other_id = n.other_id
                        AND (d.rules, d.company_id)
                            IS DISTINCT FROM (n.rules, n.company_id)
                )
                INSERT INTO customer_duplicate (partner_id, other_id, keep_id,
                    company_id, rules, score, strong_count, state, found_at,
                    create_uid, create_date, write_uid, write_date)
                SELECT n.partner_id, n.other_id, n.partner_id, n.company_id, n.rules,
                    n.score, n.strong_count, 'open', now() AT TIME ZONE 'UTC',
                    %(uid)s, now() AT TIME ZONE 'UTC',
                    %(uid)s, now() AT TIME ZONE 'UTC'
                FROM n WHERE NOT EXISTS (SELECT 1 FROM customer_duplicate d
                    WHERE d.partner_id = n.partner_id AND d.other_id = n.other_id)
                RETURNING id
                """,
                uid=self.env.uid,
                rows=json.dumps(rows),
            )
        )
        self.invalidate_model()
        return self.browse([row[0] for row in found])

    @api.model
    def _prepare_pair(self, rules, first, second, matching, company_id):
        known = [rule for rule in rules if rule in matching]
        return {
            "partner_id": first,
            "other_id": second,
            "company_id": company_id,
            "rules": known,
            "score": min(100, sum(rules[rule][0] for rule in known)),
            "strong_count": sum(1 for rule in known if rules[rule][1]),
        }

    @api.model
    def action_find(self):
        """Look for duplicates now (the button above the queue)."""
        self.check_access("write")
        self.sudo()._find()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_find(self):
        """Look every night; merge alone only where two strong keys say the same."""
        self._drop_stale()
        self._find()
        companies = self.env["res.company"].search(
            [("customer_merge_automatic", "=", True)]
        )
        if not companies:
            return
        domain = [
            ("state", "=", "open"),
            ("strong_count", ">=", 2),
            ("company_id", "in", [*companies.ids, False]),
        ]
        if len(companies) < self.env["res.company"].search_count([]):
            # a shared contact is everybody's, also beside one of a company
            domain += [
                ("partner_id.company_id", "!=", False),
                ("other_id.company_id", "!=", False),
            ]
        sure = self.search(domain, limit=200)
        for pair in sure.with_context(crm_plus_merge_automatic=True):
            if pair.exists():
                pair._merge_or_leave()

    def _merge_or_leave(self):
        """Merge a pair; what Odoo refuses (two users, ...) waits for a person."""
        try:
            with self.env.cr.savepoint():
                self._merge()
        except (UserError, IntegrityError):
            return False
        return True

    @api.model
    def _drop_stale(self):
        """Open pairs of which one was archived."""
        self.search(
            [
                ("state", "=", "open"),
                "|",
                ("partner_id.active", "=", False),
                ("other_id.active", "=", False),
            ]
        ).unlink()
