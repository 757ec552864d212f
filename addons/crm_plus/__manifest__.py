{
    "name": "Customer Care",
    "summary": "The whole customer: segments, churn, scoring, follow-up",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm",
        "sale_management",
    ],
    "data": [
        "views/crm_plus_menus.xml",
    ],
    "application": True,
}
