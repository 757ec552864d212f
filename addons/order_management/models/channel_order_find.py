# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import unicodedata

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..neutral.words import fold
from .order_finder import MIN_PART

#: Letters that Unicode does not take apart, as far as one letter stands for them.
_STROKES = str.maketrans("ĐđÐðØøŁłı", "ddddoolli")
_STRIPPED = (
    "regexp_replace(lower(translate(normalize({text}, NFKD),"
    " 'ĐđÐðØøŁłı', 'ddddoolli') COLLATE \"C\"), '[\u0300-\u036f]', '', 'g')"
)
_BOTH = "COALESCE(number, '') || ' ' || COALESCE(external_id, '')"
#: What a waiting row is found by, in small letters without accents: all PostgreSQL's
#: own functions, since ``unaccent`` is an extension that not everybody may install.
_NUMBERS = _STRIPPED.format(text=_BOTH)
_BUYER = _STRIPPED.format(text="payload -> 'customer' ->> 'name'")
_EVERYTHING = _STRIPPED.format(
    text=_BOTH + " || ' ' || COALESCE(payload -> 'customer' ->> 'name', '')"
)


def _strip(text):
    """The same in Python; punctuation stays, other than in ``fold``."""
    text = unicodedata.normalize("NFKD", text.translate(_STROKES)).casefold()
    return "".join(char for char in text if not "\u0300" <= char <= "\u036f")


def _define_index(registry):
    # nothing where the database has no trigrams: what is ignored is then read
    if not registry.has_trigram:
        return ""
    return f"USING gin (({_EVERYTHING}) gin_trgm_ops) WHERE sale_order_id IS NULL"


class ChannelOrder(models.Model):
    """A row of the inbox; here: found before it is an order.

    Rows without an order may be many, too: whatever was ignored stays one for years.
    """

    _inherit = "channel.order"  # pylint: disable=consider-merging-classes-inherited

    _find_idx = models.Index(_define_index)

    @api.model
    def _select_waiting(self, text, limit):
        """Ids of rows without an order, by a number, or by the words of a buyer where
        the user may read messages; as SQL, rights are the caller's to apply.

        :param int limit: of rows, the newest
        """
        if len(text) < MIN_PART:
            return SQL(
                "SELECT id FROM channel_order WHERE sale_order_id IS NULL"
                " AND (external_id = ANY(%(texts)s) OR number = ANY(%(texts)s))",
                texts=list({text, text.upper(), text.lower()}),
            )
        columns = [SQL(_EVERYTHING)]  # has the index
        if not self.env.user.has_group("order_management.group_clerk"):
            columns.append(SQL(_NUMBERS))
        words = fold(text).split()
        wanted = [[_strip(text)]]
        if any(len(word) >= MIN_PART for word in words):
            wanted.append(words)
        return SQL(
            "SELECT id FROM (%s) waiting ORDER BY id DESC LIMIT %s",
            SQL(" UNION ").join(
                SQL(
                    "SELECT id FROM channel_order WHERE sale_order_id IS NULL AND %s",
                    self._sql_has(columns, words),
                )
                for words in wanted
            ),
            limit,
        )

    @api.model
    def _search_buyer_name(self, operator, value):
        """Customers of orders, and who the other messages name; without accents."""
        if operator != "ilike":
            return NotImplemented
        if not self.env.user.has_group("order_management.group_clerk"):
            raise AccessError(
                self.env._("Searching messages needs the right Order Hub: Clerk.")
            )
        words = fold(value or "").split()
        if not words:
            return Domain.FALSE
        # the first column has the index, the second one decides
        customer = [SQL("find_text"), SQL(_STRIPPED.format(text="complete_name"))]
        message = [SQL(_EVERYTHING), SQL(_BUYER)]
        found = SQL(
            "SELECT message.id FROM channel_order message"
            " JOIN sale_order ON sale_order.id = message.sale_order_id"
            " WHERE sale_order.partner_id IN (SELECT id FROM res_partner WHERE %s)"
            " UNION ALL"
            " SELECT id FROM channel_order WHERE sale_order_id IS NULL AND %s",
            self._sql_has(customer, words),
            self._sql_has(message, words),
        )
        return Domain("id", "in", found)

    @api.model
    def _sql_has(self, columns, words):
        """All these columns have all these words."""
        escape = self.env["order.finder"]._escape
        return SQL(" AND ").join(
            SQL("%s LIKE %s", column, f"%{escape(word)}%")
            for column in columns
            for word in words
        )
