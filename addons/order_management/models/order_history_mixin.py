# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class OrderHistoryMixin(models.AbstractModel):
    """Rows that are history: written once, never changed, never deleted.

    Python refuses with words, a trigger of the database refuses every other client.
    Models with a mixin have their own way to write rows.
    """

    _name = "order.history.mixin"
    _description = "Append-only History"

    #: columns that may become empty: words erased for privacy, targets deleted
    _BLANKABLE = ("reason",)

    def init(self):
        """Let the database itself refuse changes of the history."""
        result = super().init()
        if not self._abstract:
            _create_append_only_trigger(self.env, self._table, self._BLANKABLE)
        return result

    def write(self, vals):
        """Refused: a row is history.

        :raises UserError: always, but when the system blanks words for privacy
        """
        if not self.env.su or any(vals.values()) or set(vals) - {"reason"}:
            raise UserError(
                self.env._(
                    "%(model)s: entries are history and cannot be changed. If one is "
                    "wrong, do the right thing now: it gets an entry of its own.",
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "%(model)s: entries are history and cannot be deleted by anyone.",
                model=self.env["ir.model"]._get(self._name).name,
            )
        )


def _create_append_only_trigger(env, table, blankable=()):
    """Make the database refuse UPDATE, DELETE and TRUNCATE on ``table``.

    The columns of ``blankable`` may become NULL (privacy erase, deleted targets) but
    nothing else. An archive job deletes after
    ``SET LOCAL order_management.archive = 'on'``.
    """
    env.cr.execute(_APPEND_ONLY_FUNCTION)
    for name, when, level, arguments in (
        ("rows", "UPDATE OR DELETE", "ROW", blankable),
        ("table", "TRUNCATE", "STATEMENT", ()),
    ):
        env.cr.execute(
            SQL(
                "CREATE OR REPLACE TRIGGER %s BEFORE %s ON %s FOR EACH %s"
                " EXECUTE FUNCTION order_management_append_only(%s)",
                SQL.identifier(f"{table}_append_only_{name}"),
                SQL(when),
                SQL.identifier(table),
                SQL(level),
                SQL(", ").join(SQL("%s", column) for column in arguments),
            )
        )


def _drop_append_only_triggers(env):
    """Remove the triggers and their function: called when the addon goes."""
    env.cr.execute("DROP FUNCTION IF EXISTS order_management_append_only() CASCADE")


_APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION order_management_append_only() RETURNS trigger AS $$
DECLARE
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'DELETE'
       AND current_setting('order_management.archive', true) = 'on' THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        after := to_jsonb(NEW);
        FOR i IN 0 .. TG_NARGS - 1 LOOP
            IF jsonb_typeof(after -> TG_ARGV[i]) = 'null' THEN
                before := before - TG_ARGV[i];
                after := after - TG_ARGV[i];
            END IF;
        END LOOP;
        IF before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The table "%" is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql
"""
