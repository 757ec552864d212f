{
    "name": "Order Hub: Point of Sale",
    "summary": "Sales at the till in the hub; approved quantities hold at the till too",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "pos_sale",
        "order_management",
    ],
    "data": [
        "views/order_hub_views.xml",
        "views/pos_order_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_channel_views.xml",
    ],
    "demo": [
        "demo/sale_channel_demo.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
