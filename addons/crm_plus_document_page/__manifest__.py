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
    "data": [
        "security/document_page_security.xml",
        "security/ir.model.access.csv",
        "views/document_page_views.xml",
        "views/document_search_miss_views.xml",
        "views/document_page_menus.xml",
        "views/help_templates.xml",
    ],
    "demo": [
        "demo/document_page_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "crm_plus_document_page/static/src/help/*.js",
        ],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
