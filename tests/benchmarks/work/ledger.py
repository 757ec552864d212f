"""A million rows of the channel ledger, and what people look at in it.

Three hundred members, a hundred products, three years.
"""

MEMBERS = 300
PRODUCTS = 100
_COVER = ("member_id", "quantity", "cover_days", "suggested_qty")


def seed(bench, rows):
    """Fill the ledger and bring the counters in line; a minute."""
    with bench.begin() as env:
        company = env.company
        level = env.ref("distribution.level_distributor")
        partners = env["res.partner"].create(
            [{"name": f"Bench member {number}"} for number in range(MEMBERS)]
        )
        members = env["distribution.member"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "level_id": level.id,
                }
                for partner in partners
            ]
        )
        members.action_activate()
        products = env["product.product"].create(
            [{"name": f"Bench product {number}"} for number in range(PRODUCTS)]
        )
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO distribution_ledger (company_id, member_id, product_id,
                categ_id, kind, quantity, stock_quantity, price_unit, value,
                currency_id, company_value, company_currency_id, date, rep_id, key,
                user_id, posted_at)
            SELECT %(company)s, (%(members)s)[1 + n %% %(m)s],
                (%(products)s)[1 + (n / %(m)s) %% %(p)s],
                1 + n %% 3,
                (ARRAY['sell_in', 'sell_through', 'sell_out', 'return_in'])[1 + n %% 4],
                5, CASE WHEN n %% 4 IN (0, 3) THEN 5 ELSE -5 END, 10, 50,
                %(currency)s, 50, %(currency)s,
                CURRENT_DATE - (n / 913)::int %% 1095, %(user)s, 'bench:' || n,
                %(user)s, now()
            FROM generate_series(1, %(rows)s) AS n
            """,
            {
                "company": company.id,
                "members": members.ids,
                "products": products.ids,
                "m": MEMBERS,
                "p": PRODUCTS,
                "currency": company.currency_id.id,
                "user": env.uid,
                "rows": rows,
            },
        )
        env.cr.execute(
            """
            INSERT INTO distribution_stock
                (company_id, member_id, product_id, quantity, promised_qty)
            SELECT company_id, member_id, product_id, sum(stock_quantity), 0
            FROM distribution_ledger WHERE key LIKE 'bench:%%'
            GROUP BY 1, 2, 3
            """
        )
        env["distribution.target"].create(
            [
                {
                    "subject": "member",
                    "member_id": member.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "amount": 1000,
                }
                for member in members
            ]
        )


def screens(bench):
    """Open the pivots and lists once; a step for each."""
    sums = ["quantity:sum", "company_value:sum"]
    for name, work in (
        (
            "pivot member x month x kind",
            lambda env: env["distribution.ledger"].formatted_read_group(
                [], ["member_id", "date:month", "kind"], sums
            ),
        ),
        (
            "pivot product category x month",
            lambda env: env["distribution.ledger"].formatted_read_group(
                [], ["categ_id", "date:month"], sums
            ),
        ),
        (
            "cover, first page",
            lambda env: env["distribution.cover"].web_search_read(
                [],
                {
                    "member_id": {},
                    "quantity": {},
                    "cover_days": {},
                    "suggested_qty": {},
                },
                limit=80,
                count_limit=10001,
            ),
        ),
        (
            "cover, pivot",
            lambda env: env["distribution.cover"].formatted_read_group(
                [], ["member_id", "categ_id"], ["quantity:sum", "cover_days:avg"]
            ),
        ),
        (
            "coverage, pivot",
            lambda env: env["distribution.coverage"].formatted_read_group(
                [],
                ["level_id", "month:month"],
                ["coverage:avg", "bought_count:sum", "active_count:sum"],
            ),
        ),
        (
            "coverage by product",
            lambda env: env["distribution.ledger"].formatted_read_group(
                [("kind", "in", ("sell_in", "receipt"))],
                ["product_id", "date:month"],
                ["member_id:count_distinct", "company_value:sum"],
            ),
        ),
        (
            "dashboard of a year",
            lambda env: env["distribution.board"].get_figures({"period": "last_year"}),
        ),
        (
            "targets",
            lambda env: (
                env["distribution.target"].search([("amount", "=", 1000)])._get_actual()
            ),
        ),
        (
            "stock of a month, all members",
            lambda env: env["distribution.ledger"]._get_channel_stock(
                env["distribution.member"].search([("name", "like", "Bench")]),
                env["product.product"].search([("name", "like", "Bench")]),
                at="2026-06-30",
            ),
        ),
    ):
        with bench.begin() as env, bench.measure(env, name):
            work(env)


def post(bench):
    """Post a hundred rows; they go away again."""
    with bench.begin() as env:
        members = env["distribution.member"].search([("name", "like", "Bench")])
        product = env["product.product"].search(
            [("name", "=", "Bench product 1")], limit=1
        )
        env["distribution.member"]._has_members(env.company.id)
        with bench.measure(env, "post 100"):
            env["distribution.ledger"]._post(
                [
                    {
                        "member_id": member.id,
                        "product_id": product.id,
                        "kind": "sell_out",
                        "quantity": 1,
                        "date": "2026-11-01",
                        "key": f"bench post:{member.id}",
                    }
                    for member in members[:100]
                ]
            )
        env.cr.rollback()
