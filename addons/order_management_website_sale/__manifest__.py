{
    "name": "Order Hub: Web Shop",
    "summary": "Orders of Odoo's own web shop in the hub, held while they are paid",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "website_sale",
        "order_management",
    ],
    "data": [
        "views/sale_channel_views.xml",
        "views/sale_order_views.xml",
        "views/res_config_settings_views.xml",
        "views/order_management_menus.xml",
    ],
    "demo": [
        "demo/sale_channel_demo.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
