"""OM-10: Order Hub comes to a database with a past, and leaves it as it was."""

from pathlib import Path

import pytest

from .. import harness
from .conftest import APPS, install

pytestmark = pytest.mark.slow

LIVE = Path(__file__).with_name("live.py").read_text(encoding="utf-8")
INDEXES = harness.SOURCE / "scripts" / "reference_indexes.sql"

#: all that an addon can leave behind in the database's structure
STRUCTURE = {
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass || ' ' || conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname FROM pg_proc LEFT JOIN pg_depend ON pg_depend.objid = pg_proc.oid
         AND pg_depend.deptype = 'e'
        WHERE pronamespace = 'public'::regnamespace AND pg_depend.objid IS NULL
    """,
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "models": "SELECT model FROM ir_model",
    "crons": "SELECT cron_name FROM ir_cron",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
}


def visit(database, call):
    """One call of `live.py`, committed; its answer."""
    return harness.run_odoo_shell(
        database,
        f"{LIVE}\nimport json\n_answer = {call}\nenv.cr.commit()\n"
        "print(json.dumps(_answer))\n",
    )


def get_structure(database):
    return {
        what: {row[0] for row in database.sql(query)}
        for what, query in STRUCTURE.items()
    }


def get_sequences_of_depots(database):
    """Those of the demonstration's two warehouses: goods were moved there, and Odoo
    deletes neither a move that is done nor the warehouse it went to."""
    rows = database.sql(
        """
        SELECT warehouse.name, 'ir_sequence_' || lpad(kind.sequence_id::text, 3, '0'),
               EXISTS (SELECT FROM stock_move move
                       WHERE move.location_dest_id = warehouse.lot_stock_id
                         AND move.state = 'done')
        FROM stock_warehouse warehouse
        JOIN stock_picking_type kind ON kind.warehouse_id = warehouse.id
        WHERE warehouse.name IN ('Chicago Depot', 'Brooklyn Depot')
        """
    )
    assert {row[0] for row in rows if row[2]} == {row[0] for row in rows}
    return {row[1] for row in rows}


@pytest.fixture(scope="module")
def lived_in():
    """A database of plain Odoo with a past, and what that past was."""
    with harness.Database(harness.TEMPLATE_BASE) as copy:
        install(copy, ("sale_mrp", "product_expiry", *APPS))
        told = visit(copy, "make_history(env)")
        # as a part of what was there: the uninstallation takes half of the time
        copy.sql(INDEXES.read_text(encoding="utf-8"))
        yield copy, told, get_structure(copy)


def test_comes_and_goes(lived_in):
    database, told, before = lived_in
    install(database, ["order_management"])
    bridges = database.sql(
        "SELECT name FROM ir_module_module WHERE state = 'installed' "
        "AND name IN ('order_management_mrp', 'order_management_product_expiry',"
        " 'order_management_stock_dropshipping')"
    )
    assert len(bridges) == 3
    visit(database, f"check_installed(env, {told!r})")
    for mode in ("follow", "explicit"):
        visit(database, f"check_under_control(env, {told!r}, {mode!r})")
    harness.run_odoo_shell(
        database,
        """
env["ir.module.module"].search(
    [("name", "=", "order_management")]
).button_immediate_uninstall()
""",
    )
    after = get_structure(database)
    after["sequences"] -= get_sequences_of_depots(database)
    for what, names in before.items():
        assert after[what] - names == set(), what
        assert names - after[what] == set(), what
    visit(database, f"check_plain(env, {told!r})")
