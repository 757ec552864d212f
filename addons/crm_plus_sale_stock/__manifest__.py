{
    "name": "Customer Care: Deliveries",
    "summary": "Deliveries and goods that came back on the customer's timeline",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "sale_stock",
    ],
    "auto_install": True,
}
