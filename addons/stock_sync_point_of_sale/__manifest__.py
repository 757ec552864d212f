{
    "name": "Stock Sync: Point of Sale",
    "summary": "Shops hear of sales at tills at once, also of those not yet booked",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "order_management_point_of_sale",
        "stock_sync",
    ],
    "data": [
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
