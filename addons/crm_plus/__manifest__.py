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
        "security/customer_snapshot_security.xml",
        "security/ir.model.access.csv",
        "views/customer_snapshot_views.xml",
        "views/crm_plus_menus.xml",
        "views/customer_snapshot_menus.xml",
        "views/customer_view_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_plus/static/src/**/*"],
        "web.assets_tests": ["crm_plus/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["crm_plus/static/tests/**/*.test.js"],
    },
    "application": True,
}
