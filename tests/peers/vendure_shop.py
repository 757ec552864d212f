"""A real Vendure: its server, its seller and its shoppers."""

import requests

from .server import EXAMPLES, ShopServer

FILES = (
    (EXAMPLES / "send.js", "send.js"),
    (EXAMPLES / "vendure-plugin.js", "vendure-plugin.js"),
)
USER, PASSWORD = "seller", "only-for-tests"
_DONE = "{__typename ... on ErrorResult{errorCode message}}"
ADDRESS = {
    "fullName": "Mali Srisai",
    "streetLine1": "99 Sukhumvit Rd",
    "streetLine2": "Unit 5",
    "city": "Bangkok",
    "province": "Bangkok",
    "postalCode": "10110",
    "countryCode": "TH",
    "phoneNumber": "+66810000000",
}


class VendureServer(ShopServer):
    """Vendure with its database in one file; filled with goods at the first start."""

    def __init__(self, folder, hooks):
        super().__init__(folder, hooks)
        self.environment["VENDURE_DISABLE_TELEMETRY"] = "true"
        self._variant_ids, self._seller = {}, None

    def command(self):
        is_new = not (self.folder / "shop.sqljs").exists()
        return ["node", "server.js", *(["--populate"] if is_new else [])]

    def _is_up(self):
        # it answers before it is filled
        return super()._is_up() and self.log().count("READY") == self.starts

    def seller(self):
        """The seller's own way in, with all rights; logged in once."""
        if self._seller:
            return self._seller
        api = Graph(self.url + "/admin-api")
        api(
            "mutation($u:String!,$p:String!)"
            "{login(username:$u,password:$p){__typename}}",
            u=USER,
            p=PASSWORD,
        )
        self._seller = api
        return api

    def shopper(self):
        """A shopper with an empty cart."""
        return Shopper(self)

    def variant_ids(self):
        """Ids of the variants by SKU."""
        if not self._variant_ids:
            query = "{productVariants(options:{take:100}){items{id sku}}}"
            items = self.seller()(query)["productVariants"]["items"]
            self._variant_ids = {item["sku"]: item["id"] for item in items}
        return self._variant_ids

    def make_key(self, permissions=None):
        """An API key as a seller would make one: with these rights, or all."""
        seller = self.seller()
        if permissions is None:
            query = "{roles(options:{take:50}){items{id code}}}"
            roles = seller(query)["roles"]["items"]
            role = next(r["id"] for r in roles if r["code"] == "__super_admin_role__")
        else:
            role = seller.mutate(
                "createRole",
                "{id}",
                input=(
                    "CreateRoleInput!",
                    {
                        "code": "-".join(permissions),
                        "description": "few rights",
                        "permissions": permissions,
                    },
                ),
            )["id"]
        made = seller.mutate(
            "createApiKey",
            "{apiKey}",
            input=(
                "CreateApiKeyInput!",
                {
                    "roleIds": [role],
                    "translations": [{"languageCode": "en", "name": "Odoo"}],
                },
            ),
        )
        return made["apiKey"]

    def refund(self, order_id, lines, amount):
        """The seller gives money back, in minor units."""
        seller = self.seller()
        query = "query($id:ID!){order(id:$id){payments{id}}}"
        payment = seller(query, id=order_id)["order"]["payments"][0]
        return seller.mutate(
            "refundOrder",
            input=(
                "RefundOrderInput!",
                {
                    "lines": _lines(lines),
                    "shipping": 0,
                    "adjustment": 0,
                    "amount": amount,
                    "paymentId": payment["id"],
                    "reason": "damaged",
                },
            ),
        )

    def take_back(self, order_id, lines):
        """The seller books shipped units as come back."""
        values = {"orderId": order_id, "lines": _lines(lines), "reason": "returned"}
        return self.seller().mutate("cancelOrder", input=("CancelOrderInput!", values))


def _lines(lines):
    return [{"orderLineId": line, "quantity": n} for line, n in lines.items()]


class Graph:
    """GraphQL with the session token that Vendure hands out."""

    def __init__(self, url):
        self.url, self._session = url, requests.Session()
        self._session.trust_env = False
        # Node ends an idle connection without a word, maybe while it is asked again
        self._session.headers["Connection"] = "close"

    def __call__(self, query, **variables):
        answer = self._session.post(
            self.url, json={"query": query, "variables": variables}, timeout=30
        )
        token = answer.headers.get("vendure-auth-token")
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        body = answer.json()
        if body.get("errors"):
            raise AssertionError(body["errors"])
        return body["data"]

    def mutate(self, name, fields=_DONE, /, **arguments):
        """One mutation whose result must not be an ErrorResult."""
        types = {key: value[0] for key, value in arguments.items()}
        head = ",".join(f"${key}:{kind}" for key, kind in types.items())
        body = ",".join(f"{key}:${key}" for key in types)
        query = f"mutation({head}){{{name}({body}){fields}}}"
        values = {key: value[1] for key, value in arguments.items()}
        result = self(query, **values)[name]
        if isinstance(result, dict) and result.get("errorCode"):
            raise AssertionError(result)
        return result


class Shopper(Graph):
    """Somebody who fills a cart and pays."""

    def __init__(self, server):
        super().__init__(server.url + "/shop-api")
        self.server = server

    def order(self, wanted, email="mali@example.com"):
        """Buy ``{sku: quantity}`` and pay at once; the order's code."""
        ids = self.server.variant_ids()
        for sku, quantity in wanted.items():
            self.mutate(
                "addItemToOrder",
                productVariantId=("ID!", ids[sku]),
                quantity=("Int!", quantity),
            )
        customer = {
            "firstName": "Mali",
            "lastName": "Srisai",
            "emailAddress": email,
            "phoneNumber": "+66810000000",
        }
        self.mutate("setCustomerForOrder", input=("CreateCustomerInput!", customer))
        for name in ("Shipping", "Billing"):
            self.mutate(
                f"setOrder{name}Address", input=("CreateAddressInput!", ADDRESS)
            )
        method = self("{eligibleShippingMethods{id}}")["eligibleShippingMethods"][0]
        self.mutate("setOrderShippingMethod", shippingMethodId=("[ID!]!", method["id"]))
        self.mutate("transitionOrderToState", state=("String!", "ArrangingPayment"))
        payment = self("{eligiblePaymentMethods{code}}")["eligiblePaymentMethods"][0]
        done = self.mutate(
            "addPaymentToOrder",
            "{... on Order{id code state} ... on ErrorResult{errorCode message}}",
            input=("PaymentInput!", {"method": payment["code"], "metadata": {}}),
        )
        assert done["state"] == "PaymentSettled", done
        return done
