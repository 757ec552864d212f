"""What the inbox needs to know before the first document: currency, channel, goods."""

from collections import Counter, defaultdict
from datetime import date
from statistics import median

from odoo.tools import split_every

#: articles that are no goods: postage, carriage, what was typed in by hand, samples
SERVICES = {
    "POST": "Postage",
    "DOT": "Dotcom Postage",
    "C2": "Carriage",
    "M": "Manual",
    "D": "Discount",
    "S": "Samples",
}
#: gift vouchers: sold, never stocked
_VOUCHER = "GIFT_"
#: entries of the bookkeeping, not sales: no product, so the inbox holds their documents
BOOKKEEPING = ("AMAZONFEE", "BANK CHARGES", "CRUK", "B")
_CHUNK = 500
#: the Bank of England's rate of 1 December 2010, to the cent: pounds for a dollar
_POUNDS_A_DOLLAR = 0.64


class Shop:
    """The channel "Online Retail" of the main company; made once, found again later."""

    def __init__(self, env):
        self.env = env
        self.company = env.ref("base.main_company")
        self.env = env(
            context={
                "allowed_company_ids": self.company.ids,
                "tracking_disable": True,
                "mail_create_nolog": True,
            }
        )

    def find_or_make(self, name, model, values):
        """The record known by ``online_retail.<name>``."""
        record = self.env.ref(f"online_retail.{name}", raise_if_not_found=False)
        if not record:
            record = self.env[model].create(values)
            self.env["ir.model.data"].create(
                {
                    "module": "online_retail",
                    "name": name,
                    "model": model,
                    "res_id": record.id,
                    "noupdate": True,
                }
            )
        return record

    def is_source(self, fingerprint):
        """Whether everything that was loaded came from this file; the first is kept."""
        parameters = self.env["ir.config_parameter"]
        known = parameters.get_param("online_retail.source")
        if not known:
            parameters.set_param("online_retail.source", fingerprint)
        return not known or known == fingerprint

    def prepare_currency(self):
        """Pounds, with a rate from before the first document."""
        pound = self.env.ref("base.GBP")
        if not pound.active:
            pound.active = True
        rates = self.env["res.currency.rate"]
        own = [
            ("currency_id", "=", pound.id),
            ("company_id", "in", (False, self.company.id)),
        ]
        day = date(2010, 12, 1)
        known = rates.search_count([*own, ("name", "<=", day)], limit=1)
        if not known and pound != self.company.currency_id:
            dollar = self.env.ref("base.USD")
            factor = 1.0
            if dollar != self.company.currency_id:
                factor = dollar._get_conversion_rate(
                    self.company.currency_id, dollar, self.company, day
                )
            rates.create(
                {
                    "currency_id": pound.id,
                    "company_id": self.company.id,
                    "name": day,
                    "company_rate": _POUNDS_A_DOLLAR * factor,
                }
            )
        return pound

    def prepare_channel(self):
        """The shop as a channel: what it sends has left the warehouse already."""
        pound = self.prepare_currency()
        pricelist = self.find_or_make(
            "pricelist",
            "product.pricelist",
            {
                "name": "Online Retail",
                "currency_id": pound.id,
                "company_id": self.company.id,
            },
        )
        channel = self.find_or_make(
            "channel",
            "sale.channel",
            {
                "name": "Online Retail",
                "company_id": self.company.id,
                "pricelist_id": pricelist.id,
                "default_country_id": self.env.ref("base.uk").id,
                "shipped_policy": "history",
            },
        )
        # now, and not by two workers at once
        channel._get_walkin_partner()
        return channel


def list_articles(documents):
    """``{code: (name, list price, units sold)}``, the commonest name counts."""
    names, prices, units = defaultdict(Counter), defaultdict(list), Counter()
    for document in documents:
        for line in document.lines:
            names[line.code][line.name] += bool(line.name and line.price)
            if line.quantity > 0 and line.price > 0:
                prices[line.code].append(line.price)
                units[line.code] += line.quantity
    return {
        code: (
            counts.most_common(1)[0][0] or code,
            float(median(prices[code])) if prices[code] else 0.0,
            units[code],
        )
        for code, counts in names.items()
        if code not in BOOKKEEPING
    }


def find_missing(env, company, articles):
    """Codes of articles that the company has no product for."""
    known = env["product.product"].with_context(active_test=False)
    found = known.search_fetch(
        [("default_code", "in", list(articles)), ("company_id", "=", company.id)],
        ["default_code"],
    )
    return sorted(set(articles) - set(found.mapped("default_code")))


def chunks(codes):
    """Codes in portions that are created and committed together."""
    return [list(part) for part in split_every(_CHUNK, codes)]


def create_articles(shop, articles, codes):
    """Products of ``codes`` with their opening stock: as many as the file sells."""
    env = shop.env
    category = shop.find_or_make(
        "category", "product.category", {"name": "Online Retail"}
    )
    products = env["product.product"].create(
        [_prepare_product(shop, code, category, *articles[code][:2]) for code in codes]
    )
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", shop.company.id)], limit=1
    )
    quants = (
        env["stock.quant"]
        .with_context(inventory_mode=True)
        .create(
            [
                {
                    "product_id": product.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "inventory_quantity": articles[code][2],
                }
                for code, product in zip(codes, products, strict=True)
                if product.is_storable and articles[code][2]
            ]
        )
    )
    quants.action_apply_inventory()


def _prepare_product(shop, code, category, name, price):
    service = code in SERVICES or code.startswith(_VOUCHER)
    return {
        "name": SERVICES.get(code) or name,
        "default_code": code,
        "type": "service" if service else "consu",
        "is_storable": not service,
        "list_price": price,
        "categ_id": category.id,
        "company_id": shop.company.id,
        # the source tells what was paid, and nothing about taxes
        "taxes_id": False,
        "supplier_taxes_id": False,
    }
