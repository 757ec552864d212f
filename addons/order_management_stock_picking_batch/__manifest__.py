{
    "name": "Order Hub: Waves",
    "summary": "Deliveries are picked in waves by carrier, zone and promised date",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "stock_picking_batch",
        "order_management",
    ],
    "data": [
        "security/stock_wave_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "wizards/stock_wave_build_views.xml",
        "views/stock_wave_rule_views.xml",
        "views/stock_picking_batch_views.xml",
    ],
    "demo": [
        "demo/stock_wave_rule_demo.xml",
    ],
    "auto_install": True,
}
