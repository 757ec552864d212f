{
    "name": "Customer Care: Distribution",
    "summary": "Members of the network in the view of the customer",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "distribution",
    ],
    "auto_install": True,
}
