# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

OK, WARNING, MISSING = "ok", "warning", "missing"


class SaleChannel(models.Model):
    """A way of selling; here: what its set-up still lacks, in words.

    Each check is a method that returns ``(state, text)``: what is there, or what is
    missing and where to put it right.
    """

    _inherit = "sale.channel"

    def _get_setup_checks(self):
        """What a person who sets up this channel should know.

        :return: list of dicts with ``name``, ``title``, ``state`` (``ok``, ``warning``
            or ``missing``) and ``text``
        """
        self.ensure_one()
        # a manager of the hub need not read accounts or other users' keys
        channel_sudo = self.sudo().with_company(self.company_id)
        checks = []
        for name, title in channel_sudo._get_check_titles().items():
            state, text = getattr(channel_sudo, f"_check_setup_{name}")()
            checks.append({"name": name, "title": title, "state": state, "text": text})
        return checks

    @api.model
    def _get_check_titles(self):
        """``{name: title}``, each with a ``_check_setup_<name>``; addons add theirs."""
        return {
            "source": self.env._("Way in"),
            "products": self.env._("Products"),
            "warehouse": self.env._("Warehouse"),
            "country": self.env._("Country"),
            "taxes": self.env._("Taxes"),
            "rounding": self.env._("Rounding"),
            "approval": self.env._("Approval"),
            "retention": self.env._("Privacy"),
            "processing": self.env._("Processing"),
        }

    def _check_setup_source(self):
        if not self.active:
            return MISSING, self.env._("The channel is archived: it receives nothing.")
        check = getattr(self, f"_check_source_{self.channel_type}", None)
        if check:
            return check()
        if not self.channel_type:
            return MISSING, self.env._("Choose how orders come in.")
        return OK, self.env._("Set up by its connector.")

    def _check_source_manual(self):
        return OK, self.env._("Orders are typed with Fast Order, or as quotations.")

    def _check_source_file(self):
        return OK, self.env._(
            "Files are dropped at Inbox > Upload File. Download the sample to see one."
        )

    def _check_source_api(self):
        users = self._get_api_users()
        if not users:
            return MISSING, self.env._(
                "No user of %(company)s may send orders. An administrator makes one "
                "with “Make an API Key”, or gives a user the right Order Hub: Channel "
                "API.",
                company=self.company_id.name,
            )
        now = fields.Datetime.now()
        keys = users.api_key_ids.filtered(
            lambda key: not key.expiration_date or key.expiration_date > now
        )
        if not keys:
            return MISSING, self.env._(
                "%(user)s has no valid API key. An administrator makes one with “Make "
                "an API Key”.",
                user=users[0].name,
            )
        return OK, self.env._(
            "Users with a key: %(users)s.", users=", ".join(keys.user_id.mapped("name"))
        )

    def _check_source_email(self):
        if not self.company_id.alias_domain_id and not self.alias_domain_id:
            return MISSING, self.env._(
                "%(company)s has no e-mail domain. An administrator sets one under "
                "Settings > Discuss > Alias Domain.",
                company=self.company_id.name,
            )
        if not self.alias_email:
            return MISSING, self.env._("The channel has no address yet: choose one.")
        if not self._get_mail_senders():
            return WARNING, self.env._(
                "No sender is allowed: every mail to %(address)s waits for a person.",
                address=self.alias_email,
            )
        return OK, self.env._("Lists go to %(address)s.", address=self.alias_email)

    def _check_setup_products(self):
        products = self.env["product.product"]
        count = products.search_count(self._get_sellable_domain(), limit=1000)
        if not count:
            return MISSING, self.env._(
                "No product of %(company)s has a SKU (internal reference). Orders name "
                "products by it.",
                company=self.company_id.name,
            )
        without = products.search_count(
            Domain("sale_ok", "=", True)
            & Domain("default_code", "=", False)
            & Domain("barcode", "=", False)
            & Domain(products._check_company_domain(self.company_id)),
            limit=1000,
        )
        if without:
            return WARNING, self.env._(
                "%(count)s have a SKU; %(without)s have neither SKU nor barcode and "
                "would have to be mapped by hand.",
                count=_count(count),
                without=_count(without),
            )
        return OK, self.env._("%(count)s have a SKU.", count=_count(count))

    def _check_setup_warehouse(self):
        domain = [("company_id", "=", self.company_id.id)]
        warehouse = self.warehouse_id or self.env["stock.warehouse"].search(
            domain, limit=1
        )
        if not warehouse:
            return MISSING, self.env._(
                "%(company)s has no warehouse. Add one under Inventory > Configuration "
                "> Warehouses.",
                company=self.company_id.name,
            )
        return OK, self.env._("Ships from %(name)s.", name=warehouse.name)

    def _check_setup_country(self):
        country = self.default_country_id or self.company_id.country_id
        if not country:
            return WARNING, self.env._(
                "Neither the channel nor the company has a country: phone numbers "
                "without +84 and the like cannot be recognised."
            )
        return OK, self.env._(
            "Phones and addresses without a country are taken to be of %(country)s.",
            country=country.name,
        )

    def _check_setup_taxes(self):
        domain = [
            *self.env["account.tax"]._check_company_domain(self.company_id),
            ("type_tax_use", "=", "sale"),
        ]
        if self.env["account.tax"].search_count(domain, limit=1):
            if self.tax_policy == "channel":
                return OK, self.env._("As the channel charged, by rate.")
            return OK, self.env._("Those of the products.")
        if self.tax_policy == "channel":
            return MISSING, self.env._(
                "%(company)s has no sales tax: orders with tax would wait. Make the "
                "taxes in Invoicing, or choose “Taxes from Odoo”.",
                company=self.company_id.name,
            )
        return WARNING, self.env._("The company has no sales tax: orders have none.")

    def _check_setup_rounding(self):
        product = self._get_charge_product("rounding")
        account = product.product_tmpl_id.get_product_accounts().get("income")
        if not account:
            return WARNING, self.env._(
                "“%(product)s” has no income account: cents of rounding could not be "
                "invoiced. Install a chart of accounts, or set the account.",
                product=product.name,
            )
        return OK, self.env._(
            "Cents of difference go to %(account)s.", account=account.display_name
        )

    def _check_setup_approval(self):
        mode = self.approval_mode or self.company_id.approval_mode
        if mode != "explicit":
            return OK, self.env._("Orders need no approval.")
        group = self.env.ref("order_management.group_reviewer")
        domain = [("company_ids", "in", self.company_id.ids)]
        reviewers = group.all_user_ids.filtered_domain(domain)
        if not reviewers.filtered(lambda user: user.active):
            return MISSING, self.env._(
                "Orders need approval and nobody of %(company)s may approve. Give "
                "somebody the right Order Hub: Reviewer.",
                company=self.company_id.name,
            )
        if self.auto_confirm and not self.auto_submit:
            return WARNING, self.env._(
                "Orders need approval before they are confirmed, but nobody submits "
                "them: switch on “Submit for Approval”."
            )
        return OK, self.env._("%(count)s people may approve.", count=len(reviewers))

    def _check_setup_retention(self):
        if not self.payload_retention_days:
            return WARNING, self.env._(
                "Buyers' data is kept for ever. Many marketplaces forbid it."
            )
        return OK, self.env._(
            "Buyers' data in messages is blanked after %(days)s days.",
            days=self.payload_retention_days,
        )

    def _check_setup_processing(self):
        cron = self.env.ref("order_management.ir_cron_process", False)
        if not cron or not cron.active:
            return WARNING, self.env._(
                "The scheduled action that takes up what jobs left is off. An "
                "administrator switches it on under Settings > Technical."
            )
        return OK, self.env._("Orders are processed by themselves.")


def _count(number):
    return f"{number}+" if number >= 1000 else str(number)
