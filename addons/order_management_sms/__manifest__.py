{
    "name": "Order Hub: Text Messages",
    "summary": "Customers hear of their orders by text message if a channel wants it",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "sms",
        "order_management",
    ],
    "data": [
        "views/sale_channel_views.xml",
    ],
    "auto_install": True,
}
