{
    "name": "Order Hub: Dropshipping",
    "summary": "What is bought for the customer follows what was approved",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "stock_dropshipping",
        "order_management",
    ],
    "auto_install": True,
}
