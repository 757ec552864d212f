"""What a new Medusa sells in tests."""


def fill(seller):
    """Goods, a warehouse, taxes and a way to ship, as a seller would enter them."""
    store = seller("GET", "/admin/stores")["stores"][0]["id"]
    usd = {"supported_currencies": [{"currency_code": "usd", "is_default": True}]}
    seller("POST", f"/admin/stores/{store}", usd)
    region = {"name": "SEA", "currency_code": "usd", "countries": ["th", "vn"]}
    seller(
        "POST", "/admin/regions", {**region, "payment_providers": ["pp_system_default"]}
    )
    rate = {"name": "VAT", "rate": 7, "code": "vat7"}
    tax = {"country_code": "th", "provider_id": "tp_system", "default_tax_rate": rate}
    seller("POST", "/admin/tax-regions", tax)
    channel = seller("POST", "/admin/sales-channels", {"name": "Web"})["sales_channel"]
    location = _fill_warehouse(seller, channel["id"])
    profile = _fill_shipping(seller, location)
    key = {"title": "shop", "type": "publishable"}
    key = seller("POST", "/admin/api-keys", key)["api_key"]["id"]
    seller("POST", f"/admin/api-keys/{key}/sales-channels", {"add": [channel["id"]]})
    product = {
        "title": "Cotton T-Shirt",
        "status": "published",
        "shipping_profile_id": profile,
        "sales_channels": [{"id": channel["id"]}],
        "options": [{"title": "Size", "values": ["S", "M", "L"]}],
        "variants": [
            {
                "title": size,
                "sku": f"MTS-{size}",
                "options": {"Size": size},
                "manage_inventory": True,
                "prices": [{"currency_code": "usd", "amount": 19.9}],
            }
            for size in ("S", "M", "L")
        ],
    }
    seller("POST", "/admin/products", product)
    items = seller("GET", "/admin/inventory-items?limit=50")["inventory_items"]
    for item in items:
        level = {"location_id": location, "stocked_quantity": 40}
        seller("POST", f"/admin/inventory-items/{item['id']}/location-levels", level)


def _fill_warehouse(seller, channel):
    address = {"address_1": "1 Rama IV", "country_code": "th", "city": "Bangkok"}
    made = seller(
        "POST", "/admin/stock-locations", {"name": "Bangkok", "address": address}
    )
    location = made["stock_location"]["id"]
    path = f"/admin/stock-locations/{location}"
    seller("POST", f"{path}/sales-channels", {"add": [channel]})
    seller("POST", f"{path}/fulfillment-providers", {"add": ["manual_manual"]})
    return location


def _fill_shipping(seller, location):
    path = (
        f"/admin/stock-locations/{location}/fulfillment-sets?fields=*fulfillment_sets"
    )
    made = seller("POST", path, {"name": "Parcels", "type": "shipping"})
    path = (
        f"/admin/fulfillment-sets/{made['stock_location']['fulfillment_sets'][0]['id']}"
    )
    zones = [{"type": "country", "country_code": code} for code in ("th", "vn")]
    zone = {"name": "SEA", "geo_zones": zones}
    made = seller("POST", f"{path}/service-zones", zone)["fulfillment_set"]
    profiles = seller("GET", "/admin/shipping-profiles")["shipping_profiles"]
    if not profiles:
        profile = {"name": "Default", "type": "default"}
        profiles = [
            seller("POST", "/admin/shipping-profiles", profile)["shipping_profile"]
        ]
    option = {
        "name": "Standard",
        "price_type": "flat",
        "provider_id": "manual_manual",
        "service_zone_id": made["service_zones"][0]["id"],
        "shipping_profile_id": profiles[0]["id"],
        "type": {"label": "Standard", "description": "3 days", "code": "standard"},
        "prices": [{"currency_code": "usd", "amount": 5}],
        "rules": [
            {"attribute": "enabled_in_store", "value": "true", "operator": "eq"},
            {"attribute": "is_return", "value": "false", "operator": "eq"},
        ],
    }
    seller("POST", "/admin/shipping-options", option)
    return profiles[0]["id"]
