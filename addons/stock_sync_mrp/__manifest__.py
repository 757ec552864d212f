{
    "name": "Stock Sync: Kits",
    "summary": "Shops hear of a kit when one of its parts moves",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "stock_sync",
        "order_management_mrp",
    ],
    "auto_install": True,
}
