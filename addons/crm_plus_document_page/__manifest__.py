{
    "name": "Customer Care: Knowledge",
    "summary": "Articles for customers and staff, searched without accents",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "document_page",
        "portal",
    ],
    "data": [],
    "auto_install": True,
}
