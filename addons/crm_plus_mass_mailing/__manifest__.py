{
    "name": "Customer Care: Mailings",
    "summary": "Mailings to segments, opened and clicked on the timeline",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "mass_mailing",
    ],
    "data": [
        "security/ir.model.access.csv",
        "views/mailing_mailing_views.xml",
    ],
    "auto_install": True,
}
