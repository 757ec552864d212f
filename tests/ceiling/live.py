"""A live database of plain Odoo, before, with and after Order Hub: run in `odoo shell`.

Each function is one visit; what the next one has to know goes through the test.
"""

from odoo.exceptions import UserError
from odoo.fields import Command

GOODS = ("Bolt", "Nut", "Egg", "Frame", "Wheel", "Dropped")


def find(env, name):
    return env["product.product"].search([("name", "=", f"Live {name}")])


def get_companies(env):
    companies = env["res.company"].search([("name", "like", "Live %")], order="id")
    env.user.company_ids |= companies
    return companies


def use(env, company):
    """The environment as somebody of that company has it."""
    return env(context={"allowed_company_ids": company.ids, "tracking_disable": True})


def make_goods(env):
    products = {
        name: env["product.product"].create(
            {
                "name": f"Live {name}",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
            }
        )
        for name in GOODS
    }
    products["Egg"].uom_ids = env.ref("uom.product_uom_dozen")
    products["Cart"] = env["product.product"].create(
        {"name": "Live Cart", "type": "consu"}
    )
    env["mrp.bom"].create(
        {
            "product_tmpl_id": products["Cart"].product_tmpl_id.id,
            "type": "phantom",
            "company_id": False,
            "bom_line_ids": [
                Command.create({"product_id": products["Frame"].id, "product_qty": 1}),
                Command.create({"product_id": products["Wheel"].id, "product_qty": 4}),
            ],
        }
    )
    vendor = env["res.partner"].create({"name": "Live Vendor"})
    products["Dropped"].write(
        {
            "route_ids": [
                Command.set(env.ref("stock_dropshipping.route_drop_shipping").ids)
            ],
            "seller_ids": [
                Command.create({"partner_id": vendor.id, "company_id": False})
            ],
        }
    )
    return products


def make_order(env, product, quantity, uom=None, confirm=True):
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].search([("name", "=", "Live Buyer")]).id,
            "company_id": env.company.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        **({"product_uom_id": uom.id} if uom else {}),
                    }
                )
            ],
        }
    )
    if confirm:
        order.action_confirm()
    return order


def ship(picking, *quantities):
    """Validate a transfer; ``quantities`` by move, the demand where none is given."""
    for move, quantity in zip(picking.move_ids, quantities, strict=False):
        move.quantity = quantity
    picking.move_ids.picked = True
    picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
    assert picking.state == "done", picking.state


def give_back(env, picking, quantity, to_refund=True):
    wizard = env["stock.return.picking"].create({"picking_id": picking.id})
    wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
    back = env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
    ship(back, *[quantity] * len(back.move_ids))


def get_open(order):
    return order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))


def make_history(env):
    """All that can have happened before anybody thought of a ceiling.

    :return: ``{company: {what: [line id, ordered, net that left, state]}}``
    """
    env["res.partner"].create({"name": "Live Buyer"})
    env["res.company"].create([{"name": "Live One"}, {"name": "Live Two"}])
    goods, told = make_goods(env), {}
    for company in get_companies(env):
        own = use(env, company)
        warehouse = own["stock.warehouse"].create(
            {"name": company.name, "code": company.name[-3:], "company_id": company.id}
        )
        for product in goods.values():
            if product.is_storable:
                own["stock.quant"]._update_available_quantity(
                    product.with_env(own), warehouse.lot_stock_id, 1000
                )
        told[company.name] = make_company_history(own, goods)
    return told


def make_company_history(env, goods):
    goods = {name: product.with_env(env) for name, product in goods.items()}
    bolt, dozen = goods["Bolt"], env.ref("uom.product_uom_dozen")
    lines = {}

    def note(what, order, net):
        line = order.order_line[0]
        lines[what] = [line.id, line.product_uom_qty, net, order.state]

    note("untouched", make_order(env, bolt, 10), 0)
    part = make_order(env, bolt, 10)
    ship(part.picking_ids, 4)
    note("part", part, 4)
    over = make_order(env, bolt, 10)
    ship(over.picking_ids, 25)
    note("over", over, 25)
    for refund in (True, False):
        back = make_order(env, bolt, 10)
        ship(back.picking_ids)
        give_back(env, back.picking_ids, 3, refund)
        note(f"returned, refund {refund}", back, 7)
    eggs = make_order(env, goods["Egg"], 2, uom=dozen)
    ship(eggs.picking_ids, 30)
    note("dozens", eggs, 2.5)
    kit = make_order(env, goods["Cart"], 5)
    quantities = {goods["Frame"]: 3, goods["Wheel"]: 28}
    ship(kit.picking_ids, *[quantities[m.product_id] for m in kit.picking_ids.move_ids])
    note("kit", kit, 7)
    drop = make_order(env, goods["Dropped"], 10)
    drop._get_purchase_orders().button_confirm()
    ship(drop.picking_ids, 12)
    note("dropship", drop, 12)
    negative = make_order(env, bolt, -4)
    ship(negative.picking_ids)
    note("negative", negative, -4)
    cancelled = make_order(env, bolt, 10)
    ship(cancelled.picking_ids, 12)
    cancelled._action_cancel()
    note("cancelled after shipping", cancelled, 12)
    again = make_order(env, bolt, 10)
    ship(again.picking_ids, 11)
    again._action_cancel()
    again.action_draft()
    note("quotation that shipped", again, 11)
    note("quotation", make_order(env, bolt, 6, confirm=False), 0)
    extra = make_order(env, bolt, 10)
    loose = extra.picking_ids.copy()
    loose.action_confirm()
    ship(loose, 2)
    note("two transfers", extra, 2)
    return lines


def check_installed(env, told):
    """Every line as the installation should have left it."""
    for name, lines in told.items():
        for what, (line_id, ordered, net, state) in lines.items():
            line = env["sale.order.line"].browse(line_id)
            expected = max(ordered, net, 0) if state == "sale" else max(ordered, 0)
            assert line.approval_mode == "none", (name, what)
            assert line.approved_qty == expected, (name, what, line.approved_qty)
            assert not line.net_shipped_qty, (name, what)
            assert abs(line._get_net_shipped()[line.id] - net) < 1e-6, (name, what)


def check_under_control(env, told, mode):
    """Control is switched on: old orders go on, come under it, and nothing sticks."""
    [company] = get_companies(env).filtered(
        lambda c: c.name == {"follow": "Live One", "explicit": "Live Two"}[mode]
    )
    env = use(env, company)
    company = company.with_env(env)
    company.approval_mode = mode
    lines = {
        what: env["sale.order.line"].browse(line_id)
        for what, (line_id, *_figures) in told[company.name].items()
    }
    # orders confirmed before stay as free as they were
    ship(get_open(lines["untouched"].order_id), 11)
    ship(get_open(lines["two transfers"].order_id)[:1], 12)
    over = lines["over"].order_id
    give_back(env, over.picking_ids.filtered(lambda p: p.state == "done"), 5)
    # quotations come under control, with what left before
    for what, net in (("quotation", 0), ("quotation that shipped", 11)):
        assert lines[what].approval_mode == mode, what
        assert lines[what].net_shipped_qty == net, (what, lines[what].net_shipped_qty)
        check_limit(env, lines[what], max(net, lines[what].product_uom_qty))
    # so do orders that are taken back to quotations, over-shipped kits included
    for what, limit in (
        ("cancelled after shipping", 12),
        ("part", 10),
        ("returned, refund False", 10),
        ("kit", 7),
        ("dozens", 2.5),
    ):
        order = lines[what].order_id
        order._action_cancel()
        order.action_draft()
        assert lines[what].approval_mode == mode, what
        check_limit(env, lines[what], limit)


def check_limit(env, line, limit):
    """Approved again and confirmed, the line lets out ``limit`` and not one more."""
    order = line.order_id
    if order.approval_mode == "explicit":
        order.action_submit()
        order.action_approve()
    order.action_confirm()
    assert line.approved_qty == limit, (line.product_id.name, line.approved_qty)
    if line.product_id.name == "Live Cart":
        assert line.net_shipped_qty == limit, line.net_shipped_qty
        return
    room = line.approved_qty - line.net_shipped_qty
    if room:
        send(env, line, room)
    assert abs(line.net_shipped_qty - limit) < 1e-6
    try:
        with env.cr.savepoint():
            send(env, line, 1)
    except UserError as error:
        assert "already left for the customer" in str(error), error
    else:
        raise AssertionError(f"{line.product_id.name}: more left than approved")
    env.invalidate_all()


def send(env, line, quantity):
    warehouse = line.order_id.warehouse_id
    move = env["stock.move"].create(
        {
            "product_id": line.product_id.id,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": quantity,
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": env.ref("stock.stock_location_customers").id,
            "company_id": env.company.id,
            "sale_line_id": line.id,
        }
    )
    move._action_confirm()
    move.write({"quantity": quantity, "picked": True})
    move._action_done()


def check_plain(env, told):
    """Without Order Hub: Odoo as it was, on old orders and new ones."""
    assert "approved_qty" not in env["sale.order.line"]._fields
    bolt = find(env, "Bolt")
    for company in get_companies(env):
        own = use(env, company)
        order = make_order(own, bolt.with_env(own), 10)
        ship(order.picking_ids, 25)
        give_back(own, order.picking_ids, 5)
        order.picking_ids.move_ids.sale_line_id = False
        line = own["sale.order.line"].browse(told[company.name]["over"][0])
        send(own, line, 3)
        kit = make_order(own, find(own, "Cart"), 2)
        ship(kit.picking_ids)
        assert kit.order_line.qty_delivered == 2
        quotation = make_order(own, bolt.with_env(own), 1, confirm=False)
        quotation.action_confirm()
        quotation._action_cancel()
        quotation.action_draft()
        quotation.unlink()
