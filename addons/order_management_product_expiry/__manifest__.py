{
    "name": "Order Hub: Expiration Dates",
    "summary": "Lots past their removal date are neither promised nor held",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "product_expiry",
        "order_management",
    ],
    "auto_install": True,
}
