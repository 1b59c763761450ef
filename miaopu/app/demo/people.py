"""The log-ins of the demo: who they are, where they sit, and what one can try as them."""

from dataclasses import dataclass
from typing import Literal

from miaopu.app.demo.offices import (
    ADMINISTRATION,
    AUDIT,
    CITY,
    LEADING_GROUP,
    PROGRAMME_OFFICE,
    district_office,
    finance_office,
    leading_group_office,
)

Role = Literal[
    "reviewer",
    "approver",
    "finance_officer",
    "programme_officer",
    "leading_group",
    "auditor",
    "system_admin",
    "security_admin",
    "audit_admin",
]

_YUNYAN, _NANMING = "520103", "520102"


@dataclass(frozen=True)
class DemoUser:
    """One log-in, of an officer or of an enterprise's owner.

    Either `office` holds an office's code and `roles` what the person may do there, or
    `enterprise` is a position in the answer of `population.pick_owner_enterprises`: the
    person owns that enterprise and has no roles.
    """

    username: str
    name_zh: str
    name_en: str
    office: str | None
    enterprise: int | None
    roles: tuple[Role, ...]
    note_zh: str
    note_en: str


def _owner(enterprise: int, name: tuple[str, str], note: tuple[str, str]) -> DemoUser:
    return DemoUser(f"enterprise{enterprise + 1}", *name, None, enterprise, (), *note)


def _officer(
    username: str, name: tuple[str, str], office: str, role: Role, note: tuple[str, str]
) -> DemoUser:
    return DemoUser(username, *name, office, None, (role,), *note)


DEMO_USERS: tuple[DemoUser, ...] = (
    _owner(
        0,
        ("云岩企业主", "Owner in Yunyan"),
        ("云岩区微型企业，重点人群创办：申请直接补助", "micro, key-group founder: apply"),
    ),
    _owner(
        1,
        ("南明企业主", "Owner in Nanming"),
        (
            "南明区微型企业，带动重点人员就业：免申即享，确认即可",
            "micro, key-group staff: an offer",
        ),
    ),
    _owner(
        2,
        ("观山湖企业主", "Owner in Guanshanhu"),
        ("小型企业：看看为何不符合条件", "a small enterprise: see why it is not entitled"),
    ),
    _officer(
        "yunyan-reviewer",
        ("杨文静", "Yang Wenjing"),
        district_office(_YUNYAN),
        "reviewer",
        ("云岩区审核员：受理、审核", "Yunyan: accepts and reviews applications"),
    ),
    _officer(
        "yunyan-reviewer2",
        ("罗思远", "Luo Siyuan"),
        district_office(_YUNYAN),
        "reviewer",
        ("云岩区另一位审核员：同一办件不能两人同时办", "Yunyan: a second reviewer, for conflicts"),
    ),
    _officer(
        "yunyan-approver",
        ("令狐志明", "Linghu Zhiming"),
        district_office(_YUNYAN),
        "approver",
        ("云岩区批准人：批准、公示、决定", "Yunyan: approves, publishes, decides"),
    ),
    _officer(
        "yunyan-finance",
        ("田秀兰", "Tian Xiulan"),
        finance_office(_YUNYAN),
        "finance_officer",
        ("云岩区财政局：拨付", "Yunyan finance bureau: pays"),
    ),
    _officer(
        "yunyan-leading",
        ("安远山", "An Yuanshan"),
        leading_group_office(_YUNYAN),
        "leading_group",
        ("云岩区领导小组成员：批次评审", "Yunyan leading group: batch review"),
    ),
    _officer(
        "nanming-reviewer",
        ("吴建华", "Wu Jianhua"),
        district_office(_NANMING),
        "reviewer",
        ("南明区审核员：看不到云岩区的办件", "Nanming: reviews, cannot see Yunyan's cases"),
    ),
    _officer(
        "nanming-approver",
        ("石永芳", "Shi Yongfang"),
        district_office(_NANMING),
        "approver",
        ("南明区批准人：批准、公示、决定", "Nanming: approves, publishes, decides"),
    ),
    _officer(
        "nanming-finance",
        ("龙国平", "Long Guoping"),
        finance_office(_NANMING),
        "finance_officer",
        ("南明区财政局：拨付", "Nanming finance bureau: pays"),
    ),
    _officer(
        "city-programme",
        ("周明远", "Zhou Mingyuan"),
        PROGRAMME_OFFICE,
        "programme_officer",
        ("市微企办：全市进度与方案", "city programme office: progress of the whole city"),
    ),
    _officer(
        "city-programme2",
        ("欧阳静", "Ouyang Jing"),
        PROGRAMME_OFFICE,
        "programme_officer",
        (
            "市微企办另一位：与同事一起读计划文件",
            "city programme office: reads a plan with a colleague",
        ),
    ),
    _officer(
        "city-finance",
        ("韦玉梅", "Wei Yumei"),
        finance_office(CITY),
        "finance_officer",
        ("市财政局：全市资金", "city finance bureau: money of the whole city"),
    ),
    _officer(
        "leading-group",
        ("黄德仁", "Huang Deren"),
        LEADING_GROUP,
        "leading_group",
        ("市领导小组成员：看进度、批次评审", "city leading group: follows progress, batch review"),
    ),
    _officer(
        "auditor",
        ("欧阳清", "Ouyang Qing"),
        AUDIT,
        "auditor",
        ("审计：全部可查，不能改动", "audit: reads everything, changes nothing"),
    ),
    _officer(
        "system-admin",
        ("何立新", "He Lixin"),
        ADMINISTRATION,
        "system_admin",
        ("系统管理员：运行与配置", "system administrator: runs and configures"),
    ),
    _officer(
        "security-admin",
        ("谢安宁", "Xie Anning"),
        ADMINISTRATION,
        "security_admin",
        ("安全管理员：人员与权限", "security administrator: people and rights"),
    ),
    _officer(
        "audit-admin",
        ("潘慎之", "Pan Shenzhi"),
        ADMINISTRATION,
        "audit_admin",
        ("审计管理员：操作记录", "audit administrator: the trail of actions"),
    ),
)
"""All log-ins, enterprises first. Passwords are not data: whoever loads the demo sets them."""
