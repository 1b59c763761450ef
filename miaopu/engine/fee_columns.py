"""The columns of a fee list as a workbook: the same words out and in, whatever the page's language.

Source: the facts that a list of fees charged to enterprises states of each (basis, who charges,
rate, who bears it).
"""

SHEET = "涉企收费清单"
COLUMNS: dict[str, tuple[str, int]] = {  # field: title in the workbook, longest text
    "name": ("收费项目", 120),
    "basis": ("依据文件", 200),
    "authority": ("收费单位", 100),
    "standard": ("收费标准", 300),
    "payer": ("由谁承担", 40),
    "note": ("说明", 300),
}
PAYERS: dict[str, str] = {
    "enterprise": "企业缴纳",
    "exempt": "新登记小微企业免缴",
    "programme": "计划期内由专项资金全额支付",
}
