"""The simulated Shopee: parcels, their numbers and their labels."""

_READY = "LOGISTICS_READY"


class ShippingMixin:
    """The part of the simulator that a carrier stands behind."""

    def _get_logistics_get_shipping_parameter(self, call, shop):
        self._package(self._order(shop, call.query), call.query)
        address = {
            "address_id": 123,
            "address_flag": ["default_address", "pickup_address"],
        }
        address["time_slot_list"] = [{"pickup_time_id": "slot1"}]
        return {
            "response": {
                "info_needed": {"pickup": ["address_id", "pickup_time_id"]},
                "pickup": {"address_list": [address]},
            }
        }

    def _post_logistics_ship_order(self, call, shop):
        body = call.json()
        order = self._order(shop, body)
        ways = {"pickup", "dropoff", "non_integrated"} & set(body)
        if len(ways) != 1:
            self._refuse("error_param", "send exactly one of pickup, dropoff ...")
        if order["order_status"] not in ("READY_TO_SHIP", "RETRY_SHIP"):
            self._refuse(
                "logistics.error_status", "the order has been shipped or cancelled"
            )
        if ways == {"pickup"} and not body["pickup"].get("address_id"):
            self._refuse("error_param", "address_id")
        package = self._package(order, body)
        if package["logistics_status"] != _READY:
            self._refuse("logistics.error_status", "the parcel has been shipped")
        package["logistics_status"] = "LOGISTICS_REQUEST_CREATED"
        packages = order["package_list"] or [package]
        is_all = all(one["logistics_status"] != _READY for one in packages)
        status = "PROCESSED" if is_all else order["order_status"]
        shop.set_status(order["order_sn"], status, package_list=packages)
        return {}

    def _package(self, order, source):
        """The parcel that is meant: of a split order it has to be named."""
        packages, number = order["package_list"], source.get("package_number")
        if not packages:
            packages = [self._new_package(order, order["item_list"])]
        elif len(packages) > 1 and not number:
            self._refuse("error_param", "package_number is required")
        for package in packages:
            if number in (None, "", package["package_number"]):
                return package
        return self._refuse("error_not_found", "package_number does not exist")

    @staticmethod
    def _new_package(order, items, mark=""):
        return {
            "package_number": f"OFG{order['order_sn']}{mark}",
            "logistics_status": _READY,
            "shipping_carrier": "SPX Express",
            "item_list": [
                {
                    "item_id": line["item_id"],
                    "model_id": line["model_id"],
                    "model_quantity": line["model_quantity_purchased"],
                }
                for line in items
            ],
        }

    def _post_order_split_order(self, call, shop):
        """By items, once, before any of it is arranged; every item in one parcel."""
        body = call.json()
        order = self._order(shop, body)
        if order["order_status"] != "READY_TO_SHIP" or len(order["package_list"]) > 1:
            self._refuse("order.status_error", "the order cannot be split now")
        parts = [part["item_list"] for part in body.get("package_list") or ()]
        if not 2 <= len(parts) <= 5 or not all(parts):
            self._refuse("error_param", "2 to 5 parcels")
        lines = {_key(line): line for line in order["item_list"]}
        named = [_key(item) for part in parts for item in part]
        if sorted(named) != sorted(lines):
            self._refuse("error_param", "item_list must contain all the items")
        order["package_list"] = [
            self._new_package(order, [lines[_key(item)] for item in part], number)
            for number, part in enumerate(parts, 1)
        ]
        return {"response": {"order_sn": order["order_sn"]}}

    def _get_logistics_get_tracking_number(self, call, shop):
        order = self._order(shop, call.query)
        number = ""
        if order["package_list"]:
            number = self._carrier_number(shop, self._package(order, call.query))
        return {"response": {"tracking_number": number, "hint": ""}}

    @staticmethod
    def _carrier_number(shop, package):
        """The carrier's number of a parcel, once it has given one."""
        is_known = package["logistics_status"] != _READY and not shop.carrier_is_slow
        return f"SPXVN{package['package_number'][-9:]}" if is_known else ""

    def _get_order_get_package_detail(self, call, shop):
        wanted = self._list(call, "package_number_list")
        packages = {
            package["package_number"]: (order, package)
            for order in shop.orders.values()
            for package in order["package_list"]
        }
        if not set(wanted) <= set(packages):
            self._refuse("error_param", "package_number does not exist in this shop")
        return {
            "response": {
                "package_list": [
                    {
                        "order_sn": order["order_sn"],
                        "package_number": package["package_number"],
                        "fulfillment_status": package["logistics_status"],
                        "update_time": order["update_time"],
                        "shipping_carrier": package["shipping_carrier"],
                        "tracking_number": self._carrier_number(shop, package),
                        "is_split_up": len(order["package_list"]) > 1,
                    }
                    for order, package in map(packages.__getitem__, wanted)
                ]
            }
        }

    def _post_logistics_get_shipping_document_result(self, call, shop):
        entry = call.json()["order_list"][0]
        order = self._order(shop, entry)
        status = "READY" if order.get("x_label") else "FAILED"
        return {"response": {"result_list": [{**entry, "status": status}]}}

    def _post_logistics_create_shipping_document(self, call, shop):
        entry = call.json()["order_list"][0]
        self._order(shop, entry)["x_label"] = True
        return {"response": {"result_list": [entry]}}

    def _post_logistics_download_shipping_document(self, call, shop):
        self._order(shop, call.json()["order_list"][0])
        return b"%PDF-1.4 label"


def _key(item):
    return item["item_id"], item["model_id"]
