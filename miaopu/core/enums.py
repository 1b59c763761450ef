"""Closed lists of the core."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of an office may do. The last three exclude each other (三员分立)."""

    REVIEWER = "reviewer", _("审核员")
    APPROVER = "approver", _("批准人")
    FINANCE_OFFICER = "finance_officer", _("财务经办")
    PROGRAMME_OFFICER = "programme_officer", _("计划主管")
    LEADING_GROUP = "leading_group", _("领导小组成员")
    AUDITOR = "auditor", _("审计员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMIN_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
WORKING_ROLES = tuple(role for role in Role if role not in ADMIN_ROLES)


class UserKind(models.TextChoices):
    """Whom a user acts for: an office of the state, or a party of her own."""

    OFFICE = "office", _("工作人员")
    PARTY = "party", _("办事主体")


class OfficeKind(models.TextChoices):
    """Kinds of offices."""

    PROGRAMME_OFFICE = "programme_office", _("计划主管机构")
    DISTRICT_OFFICE = "district_office", _("县区机构")
    FINANCE = "finance", _("财政部门")
    LEADING_GROUP = "leading_group", _("领导小组")
    AUDIT = "audit", _("审计机关")
    ADMINISTRATION = "administration", _("系统运行机构")


class JobState(models.TextChoices):
    """States of a background job as its owner sees it."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class Verb(models.TextChoices):
    """What an event of the core says was done."""

    ADD_MEMBER = "core.add_member", _("授予角色")
    END_MEMBERSHIP = "core.end_membership", _("收回角色")
    KEEP_FILE = "core.keep_file", _("上传文件")
    MOVE_DEMO_CLOCK = "core.move_demo_clock", _("推进演示日期")
    START_JOB = "core.start_job", _("启动后台任务")
    CREATE_TOKEN = "core.create_token", _("新建接口令牌")
    REVOKE_TOKEN = "core.revoke_token", _("撤销接口令牌")
