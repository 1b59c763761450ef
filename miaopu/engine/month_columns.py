"""The columns of a month's figures as a workbook: the same words out and in, whatever the page."""

COLUMNS = {
    "uscc": "统一社会信用代码",
    "name": "企业",
    "employees": "从业人员（人）",
    "revenue": "营业收入（元）",
    "tax": "纳税额（元）",
}
"""Titles by field."""
ADDED = ("要改正的内容",)
"""What stands beside the table where it is given back."""
PERSONS, YUAN = "人", "元"
