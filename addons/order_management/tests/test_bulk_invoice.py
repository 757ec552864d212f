# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .bulk_common import BulkCommon

#: tell when or which, and not what
_SKIPPED = frozenset(
    {
        "id",
        "access_token",
        "create_date",
        "date_order",
        "display_name",
        "invoice_origin",
        "message_main_attachment_id",
        "move_name",
        "name",
        "payment_reference",
        "ref",
        "sequence_number",
        "write_date",
    }
)
#: point to what each order has of its own
_OWN = (
    "account.move",
    "account.move.line",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.picking",
    "stock.reference",
)


@tagged("post_install", "-at_install")
class TestBulkInvoice(BulkCommon):
    """OM-27: a hub batch makes the invoices that plain Odoo makes, with less work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": "T10", "amount": 10.0, "company_id": cls.company.id},
                {
                    "name": "T21 in",
                    "amount": 21.0,
                    "price_include_override": "tax_included",
                    "company_id": cls.company.id,
                },
            ]
        )
        tag = cls.env["account.account.tag"].create(
            {"name": "Base", "applicability": "taxes"}
        )
        cls.taxes.invoice_repartition_line_ids.tag_ids = [Command.set(tag.ids)]
        cls.products.invoice_policy = "order"
        for product, taxes in zip(
            cls.products,
            (cls.taxes[0], cls.taxes[1], cls.taxes, cls.taxes.browse()),
            strict=True,
        ):
            product.taxes_id = [Command.set(taxes.ids)]

    def _specs(self, count):
        return [
            [
                (self.products[index % 4], 1.0 + index % 3),
                (self.products[(index + 1) % 4], 2.0),
                (self.products[3], 1.0),
            ]
            for index in range(count)
        ]

    def _confirmed(self, count):
        orders = self._create_orders(self._specs(count))
        orders._confirm_in_bulk()
        self.env.flush_all()
        self.env.invalidate_all()
        return orders

    def _invoice_one_by_one(self, orders):
        for order in orders:
            order._create_invoices().action_post()
            self.env.flush_all()

    def _columns(self, records, skipped=()):
        rows = []
        for record in records.sudo():
            row = {}
            for name, field in record._fields.items():
                if not field.store or name in _SKIPPED or name in skipped:
                    continue
                value = record[name]
                if field.type == "many2many":
                    known = field.comodel_name not in _OWN
                    row[name] = tuple(value.ids) if known else len(value)
                elif field.type == "many2one":
                    known = field.comodel_name not in _OWN
                    row[name] = value.id if known else bool(value)
                elif field.column_type:
                    row[name] = value
            rows.append(row)
        return rows

    def _describe_invoices(self, orders):
        moves = self.env["account.move"].concat(*(o.invoice_ids for o in orders))
        lines = moves.line_ids.sorted(
            lambda line: (moves.ids.index(line.move_id.id), line.sequence, line.id)
        )
        return {
            "moves": self._columns(moves),
            "lines": self._columns(lines),
            "order lines": self._columns(orders.order_line),
            "orders": self._columns(orders),
            "partials": self._columns(
                lines.matched_debit_ids | lines.matched_credit_ids
            ),
            "linked": [
                (line.sale_line_ids.order_id in orders, line.tax_tag_ids.ids)
                for line in lines
            ],
            "names": [bool(move.name and move.payment_reference) for move in moves],
            "numbers": [
                later.sequence_number - first.sequence_number
                for first, later in zip(moves, moves[1:], strict=False)
            ],
            "notes": [
                [
                    (note.message_type, note.subtype_id.id, note.author_id.id)
                    for note in move.message_ids.sorted("id")
                    if orders.filtered(lambda o, note=note: o.name in note.body)
                ]
                for move in moves
            ],
        }

    def assertSameInvoices(self, change=None, posted=True):
        self.maxDiff = None
        facts = []
        for bulk in (False, True):
            orders = self._confirmed(5)
            if change:
                change(orders)
                self.env.flush_all()
            if not bulk and posted:
                self._invoice_one_by_one(orders)
            elif not bulk:
                for order in orders:
                    order._create_invoices()
            else:
                orders._invoice_in_bulk(post=posted)
            self.env.flush_all()
            self.env.invalidate_all()
            facts.append(self._describe_invoices(orders))
        for name, rows in facts[0].items():
            self.assertEqual(rows, facts[1][name], name)
        return orders

    def test_posted(self):
        orders = self.assertSameInvoices()
        self.assertEqual(set(orders.invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(len(orders.invoice_ids), 5)
        self.assertEqual(set(orders.mapped("invoice_status")), {"invoiced"})
        tags = orders.invoice_ids.line_ids.tax_tag_ids
        self.assertTrue(tags)

    def test_drafts(self):
        orders = self.assertSameInvoices(posted=False)
        self.assertEqual(set(orders.invoice_ids.mapped("state")), {"draft"})
        self.assertFalse(any(orders.invoice_ids.mapped("invoice_date")))

    def test_rounding_globally(self):
        self.company.tax_calculation_rounding_method = "round_globally"

        def change(orders):
            for line in orders.order_line:
                line.write({"price_unit": 3.333, "discount": 7.5})

        self.assertSameInvoices(change)

    def test_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50.0}),
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": 30}
                    ),
                ],
            }
        )
        self.assertSameInvoices(
            lambda orders: orders.write({"payment_term_id": term.id})
        )

    def test_currency(self):
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.7,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "EUR",
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        create = type(self)._create_orders

        def create_in_euro(specs):
            orders = create(self, specs)
            orders.pricelist_id = pricelist
            return orders

        self._create_orders = create_in_euro
        orders = self.assertSameInvoices()
        self.assertEqual(orders.invoice_ids.currency_id, currency)

    def test_sections(self):
        def change(orders):
            for order in orders:
                order.write(
                    {
                        "order_line": [
                            Command.create(
                                {
                                    "display_type": "line_section",
                                    "name": "Goods",
                                    "sequence": 1,
                                }
                            )
                        ]
                    }
                )

        self.assertSameInvoices(change)

    def test_grouped_by_customer(self):
        orders = self._confirmed(6)
        moves = orders._invoice_in_bulk(grouped=False)
        self.assertEqual(len(moves), 3)
        self.assertEqual(set(moves.mapped("state")), {"posted"})

    def test_nothing_to_invoice(self):
        orders = self._confirmed(2)
        orders._invoice_in_bulk()
        with self.assertRaises(UserError):
            orders._invoice_in_bulk()

    def test_queries_do_not_grow_with_orders(self):
        def count(orders):
            before = self.cr.sql_log_count
            orders._invoice_in_bulk()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(self._confirmed(2))
        few = count(self._confirmed(4))
        more = count(self._confirmed(24)) - few
        # one by one it takes 60 and more
        self.assertLessEqual(more, 20 * 8)
