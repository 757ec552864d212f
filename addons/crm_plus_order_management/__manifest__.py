{
    "name": "Customer Care: Order Hub",
    "summary": "Deliveries, returns and channels in the view of the customer",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "crm_plus_sale_stock",
        "order_management",
    ],
    "auto_install": ["crm_plus", "order_management"],
}
