{
    "name": "Distribution: Employee Expenses",
    "summary": "What employees paid counts on sales expenses and budgets",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "distribution",
        "hr_expense",
    ],
    "data": [
        "views/hr_expense_views.xml",
        "views/sales_expense_views.xml",
    ],
    "demo": [
        "demo/hr_expense_demo.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
