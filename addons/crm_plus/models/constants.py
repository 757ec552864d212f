# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Selections that several models share; the words are translated with the fields."""

RFM_SEGMENTS = [
    ("champion", "Champions"),
    ("loyal", "Loyal"),
    ("potential", "Potential Loyalists"),
    ("new", "New Customers"),
    ("promising", "Promising"),
    ("need_attention", "Need Attention"),
    ("about_to_sleep", "About to Sleep"),
    ("at_risk", "At Risk"),
    ("cannot_lose", "Cannot Lose Them"),
    ("lost", "Lost"),
]
CHURN_BANDS = [
    ("low", "Low"),
    ("watch", "Watch"),
    ("high", "High"),
    ("lost", "Probably Lost"),
    ("none", "Unknown"),
]
