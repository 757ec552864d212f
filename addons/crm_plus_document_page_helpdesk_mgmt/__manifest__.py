{
    "name": "Customer Care: Knowledge for Tickets",
    "summary": "Articles suggested while a ticket is written, and in the first answer",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus_document_page",
        "crm_plus_helpdesk_mgmt",
    ],
    "data": [
        "views/helpdesk_ticket_views.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "crm_plus_document_page_helpdesk_mgmt/static/src/suggest/**/*",
        ],
    },
    "auto_install": True,
}
