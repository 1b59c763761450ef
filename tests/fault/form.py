"""The answers with which enterprises of these tests apply."""

FORM = {
    "contact_name": "王小苗",
    "contact_phone": "13800138000",
    "bank_name": "贵阳银行云岩支行",
    "bank_account": "6222020200012345678",
    "jobs_planned": "5",
    "use_of_funds": "购买设备和原料",
    "commitment": "on",
}
