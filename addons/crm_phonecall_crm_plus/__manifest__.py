{
    "name": "Customer Care: Calls",
    "summary": "Calls on the customer's timeline, contact frequency by employee",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_phonecall",
        "crm_plus",
    ],
    "data": [
        "security/crm_phonecall_security.xml",
        "views/crm_phonecall_views.xml",
    ],
    "auto_install": True,
}
