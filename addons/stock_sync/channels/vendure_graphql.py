# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Vendure's Admin API: how to ask, and what its answers mean."""

from .errors import (
    AuthorisationLost,
    BadAnswer,
    ChannelError,
    Misconfigured,
    NotFound,
    PermissionMissing,
    Refused,
    Unavailable,
)

#: what GraphQL's top-level errors mean; a failed mutation is no such error
_CODES = {
    "ENTITY_NOT_FOUND": NotFound,
    "CHANNEL_NOT_FOUND": Misconfigured,
    "USER_INPUT_ERROR": Refused,
    "BAD_USER_INPUT": Refused,
    "ILLEGAL_OPERATION": Refused,
    "GRAPHQL_VALIDATION_FAILED": Misconfigured,
    "INTERNAL_SERVER_ERROR": Unavailable,
}
_NOT_ALLOWED = {"FORBIDDEN", "UNAUTHORIZED"}

_ADDRESS = """{fullName company streetLine1 streetLine2 city province postalCode
  country countryCode phoneNumber}"""
ORDER = f"""
  id code state active type orderPlacedAt updatedAt currencyCode couponCodes
  customer{{id firstName lastName emailAddress phoneNumber}}
  shippingAddress{_ADDRESS} billingAddress{_ADDRESS}
  lines{{id quantity orderPlacedQuantity unitPrice unitPriceWithTax
    proratedLinePrice proratedLinePriceWithTax taxRate updatedAt
    productVariant{{id sku name product{{id}}}}}}
  shippingLines{{shippingMethod{{code name}}}}
  surcharges{{id description sku price priceWithTax}}
  discounts{{description amountWithTax}}
  shipping shippingWithTax totalWithTax
  payments{{id method amount state transactionId createdAt updatedAt
    refunds{{id total state reason createdAt updatedAt
      lines{{orderLineId quantity}}}}}}
  fulfillments{{id state method trackingCode createdAt updatedAt
    lines{{orderLineId quantity}}}}
  history(options:{{take:1,sort:{{createdAt:DESC}}}}){{items{{createdAt}}}}
"""
_PRECISION = "globalSettings{serverConfig{moneyStrategyPrecision}}"
ORDERS = f"""query($o:OrderListOptions){{{_PRECISION}
  orders(options:$o){{totalItems items{{{ORDER}}}}}}}"""
ONE_ORDER = f"query($id:ID!){{{_PRECISION} order(id:$id){{{ORDER}}}}}"
CANCELLATIONS = """query($id:ID!){order(id:$id){id state
  lines{id quantity} fulfillments{state lines{orderLineId quantity}}
  history(options:{take:100,sort:{createdAt:DESC},
    filter:{type:{eq:"ORDER_CANCELLATION"}}}){items{data}}}}"""

VARIANT = """id sku name enabled trackInventory price currencyCode
  outOfStockThreshold useGlobalOutOfStockThreshold
  product{id name slug enabled} options{name}
  stockLevels{stockLocationId stockOnHand stockAllocated updatedAt}"""
_STOCK_SETTINGS = """globalSettings{trackInventory outOfStockThreshold
  serverConfig{moneyStrategyPrecision}}"""
VARIANTS = f"""query($o:ProductVariantListOptions){{{_STOCK_SETTINGS}
  productVariants(options:$o){{totalItems items{{{VARIANT}}}}}}}"""
UPDATE_VARIANTS = f"""mutation($i:[UpdateProductVariantInput!]!){{
  updateProductVariants(input:$i){{{VARIANT}}}}}"""
LOCATIONS = "{stockLocations(options:{take:50,sort:{id:ASC}}){items{id name}}}"

WHO = "{globalSettings{id} activeChannel{id code defaultCurrencyCode}}"
#: what the key must be allowed to read; changing is only found out by doing it
PROBES = {
    "ReadOrder": "{orders(options:{take:1}){totalItems}}",
    "ReadCatalog": "{productVariants(options:{take:1}){totalItems}}",
    "ReadStockLocation": "{stockLocations(options:{take:1}){totalItems}}",
}
LOGIN = """mutation($u:String!,$p:String!){login(username:$u,password:$p){
  __typename ... on ErrorResult{errorCode message}}}"""
FULFIL = """mutation($i:FulfillOrderInput!){addFulfillmentToOrder(input:$i){
  __typename ... on Fulfillment{id state} ... on ErrorResult{errorCode message}}}"""
MOVE_FULFILMENT = """mutation($id:ID!,$s:String!){
  transitionFulfillmentToState(id:$id,state:$s){
  __typename ... on Fulfillment{id state} ... on ErrorResult{errorCode message}}}"""
CANCEL = """mutation($i:CancelOrderInput!){cancelOrder(input:$i){
  __typename ... on Order{id state} ... on ErrorResult{errorCode message}}}"""


class Client:
    """One connection to an Admin API, with an API key or a user's password.

    ``app_key`` alone is an API key; with ``app_secret`` it is a user's name and the
    secret that user's password.
    """

    def __init__(self, shop, credentials, transport):
        self._shop = shop
        self._credentials = credentials
        self._transport = transport
        self._session_token = ""

    @property
    def url(self):
        """Where the Admin API is."""
        base = self._shop.base_url.rstrip("/")
        if not base:
            raise Misconfigured("the shop's address is missing", code="base_url")
        return base + self._shop.options.get("admin_path", "/admin-api")

    def call(self, query, **variables):
        """The data that a query or mutation gives.

        :raises ChannelError: by what the answer's errors mean
        """
        if self._credentials.app_secret and not self._session_token:
            self._login()
        data, errors = self._ask(query, variables)
        if errors:
            raise self._translate(errors)
        return data

    def do(self, query, name, known=None, **variables):
        """The result of one mutation, whose failures are members of a union.

        :param known: error class by errorCode, others are Refused
        """
        result = self.call(query, **variables)[name]
        code = result.get("errorCode")
        if code:
            raise (known or {}).get(code, Refused)(result.get("message", ""), code)
        return result

    def _login(self):
        credentials = self._credentials
        variables = {"u": credentials.app_key, "p": credentials.app_secret}
        answer = self._post(LOGIN, variables)
        data, errors = self._read(answer)
        if errors:
            raise self._translate(errors)
        if data["login"].get("errorCode"):
            raise AuthorisationLost(
                data["login"].get("message", ""), data["login"]["errorCode"]
            )
        self._session_token = answer.headers.get("vendure-auth-token", "")
        if not self._session_token:
            raise Misconfigured(
                "the shop hands out no bearer tokens: use an API key", code="no_token"
            )

    def _ask(self, query, variables):
        return self._read(self._post(query, variables))

    def _post(self, query, variables):
        headers = {}
        if self._session_token:
            headers["Authorization"] = f"Bearer {self._session_token}"
        elif self._credentials.app_key and not self._credentials.app_secret:
            headers["vendure-api-key"] = self._credentials.app_key
        channel = self._shop.options.get("channel_token")
        if channel:
            headers["vendure-token"] = channel
        body = {"query": query, "variables": variables}
        return self._transport.request(
            "POST", self.url, json_body=body, headers=headers
        )

    def _read(self, answer):
        if answer.status in (301, 302, 307, 308, 404, 405):
            raise Misconfigured(
                f"no Admin API at {self.url}", code=f"http_{answer.status}"
            )
        try:
            body = answer.json()
            errors = body.get("errors")
            if errors or isinstance(body.get("data"), dict):
                return body.get("data"), errors
        except (AttributeError, BadAnswer) as error:
            if answer.status < 400:
                raise BadAnswer("not an answer of GraphQL") from error
        if answer.status in (401, 403):
            raise AuthorisationLost("refused", code=f"http_{answer.status}")
        raise Unavailable("no answer of GraphQL", code=f"http_{answer.status}")

    def _translate(self, errors) -> ChannelError:
        first = errors[0] if isinstance(errors, list) and errors else {}
        if not isinstance(first, dict):
            return BadAnswer("errors of an unknown shape")
        code = str((first.get("extensions") or {}).get("code", ""))
        text = str(first.get("message", ""))[:500]
        if code in _NOT_ALLOWED:
            return self._why_not_allowed(text, code)
        return _CODES.get(code, Unavailable)(text, code)

    def _why_not_allowed(self, text, code):
        """A wrong key and a missing permission are answered in the same way."""
        _data, errors = self._ask(WHO, {})
        return (AuthorisationLost if errors else PermissionMissing)(text, code)
