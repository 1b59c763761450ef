"""Closed lists of the plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    """States of a programme's version."""

    CURRENT = "current", _("现行")
    SUPERSEDED = "superseded", _("已被替代")


class ProposalState(models.TextChoices):
    """States of a proposed change of a rule."""

    DRAFT = "draft", _("起草中")
    PROPOSED = "proposed", _("等待另一人发布")
    RETURNED = "returned", _("已退回修改")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class MatchStatus(models.TextChoices):
    """What a rule says of an enterprise. Only `true` entitles."""

    TRUE = "true", _("符合")
    UNKNOWN = "unknown", _("待定")
    FALSE = "false", _("不符合")


class DocumentKind(models.TextChoices):
    """Kinds of policy documents."""

    LAW = "law", _("法律法规")
    PLAN = "plan", _("规划和实施方案")
    MEASURE = "measure", _("管理办法")
    RULES = "rules", _("实施细则")
    OPINION = "opinion", _("意见")
    NOTICE = "notice", _("通知和公告")
    GUIDE = "guide", _("申报指南")


class EnterpriseKind(models.TextChoices):
    """For which kinds of enterprises a document is meant."""

    MICRO = "micro", _("微型企业")
    SMALL = "small", _("小型企业")
    MEDIUM = "medium", _("中型企业")
    INDIVIDUAL = "individual", _("个体工商户")
    MAKER = "maker", _("创客和创业团队")
    BASE = "base", _("创业基地")


class DocumentState(models.TextChoices):
    """States of a document and of its versions; that it has expired is computed by date."""

    DRAFT = "draft", _("草稿")
    IN_FORCE = "in_force", _("现行有效")
    AMENDED = "amended", _("已修订")
    REPEALED = "repealed", _("已废止")
    DISCARDED = "discarded", _("已放弃")


class ReviewOutcome(models.TextChoices):
    """What a review 立改废 comes to."""

    KEEP = "keep", _("继续有效")
    AMEND = "amend", _("需要修订")
    REPEAL = "repeal", _("废止")


class FeePayer(models.TextChoices):
    """Who pays a fee of the list, for newly registered small and micro enterprises."""

    ENTERPRISE = "enterprise", _("企业缴纳")
    EXEMPT = "exempt", _("新登记小微企业免缴")
    PROGRAMME = "programme", _("计划期内由专项资金全额支付")


class FeeListState(models.TextChoices):
    """States of a version of a fee list."""

    DRAFT = "draft", _("草稿")
    IN_FORCE = "in_force", _("现行有效")
    SUPERSEDED = "superseded", _("已被替代")


class DecompositionState(models.TextChoices):
    """States of a target's decomposition."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("已批准")
    SUPERSEDED = "superseded", _("已被替代")
    DISCARDED = "discarded", _("已作废")


class MemberKind(models.TextChoices):
    """Who takes a part of a target."""

    REGION = "region", _("区县")
    BASE = "base", _("基地")
    UNIT = "unit", _("部门")


class PeriodSplit(models.TextChoices):
    """How the period of a target is split."""

    WHOLE = "whole", _("不分期")
    YEAR = "year", _("按年")
    HALF_YEAR = "half_year", _("按半年")
    QUARTER = "quarter", _("按季度")
    MONTH = "month", _("按月")


class TargetLetterState(models.TextChoices):
    """States of a target letter."""

    MADE = "made", _("待下达")
    ISSUED = "issued", _("待签收")
    ACKNOWLEDGED = "acknowledged", _("已签收")
    REPLACED = "replaced", _("已被新版替代")


class ReadingState(models.TextChoices):
    """States of the reading of a plan, from the file to the programme."""

    UPLOADED = "uploaded", _("已上传")
    READING = "reading", _("读取中")
    OPEN = "open", _("阅读中")
    COMPLETED = "completed", _("已载入为计划")
    REFUSED = "refused", _("未能读取")


class ReadingKind(models.TextChoices):
    """What an item of a reading says."""

    CLAUSE = "clause", _("条款")
    RESPONSIBILITY = "responsibility", _("责任单位")
    TARGET = "target", _("目标")
    DEADLINE = "deadline", _("时间要求")
    MONEY = "money", _("资金")
    CITATION = "citation", _("引用文件")
    REPAIR = "repair", _("残缺处")
    CHECK = "check", _("核对")


class ReadingItemState(models.TextChoices):
    """What a person has made of an item."""

    UNREAD = "unread", _("未读")
    ACCEPTED = "accepted", _("已采用")
    CORRECTED = "corrected", _("已改正")
    ADDED = "added", _("已补充")
    DISCARDED = "discarded", _("未采用")


class Verb(models.TextChoices):
    """What an event of the plans says was done."""

    LOAD_VERSION = "plans.load_version", _("载入计划版本")
    MATCH_PROGRAMME = "plans.match_programme", _("匹配全部企业")
    OPEN_TASK = "plans.open_task", _("任务列入督办")
    CHANGE_TASK = "plans.change_task", _("计划版本改动任务")
    DROP_TASK = "plans.drop_task", _("新版本不再列入")
    RESTORE_TASK = "plans.restore_task", _("新版本重新列入")
    REPORT_TASK = "plans.report", _("报告进展")
    NOTE_TASK = "plans.note", _("确认进展")
    RETURN_TASK = "plans.send_back", _("退回报告")
    CLOSE_TASK = "plans.close", _("办结任务")
    REOPEN_TASK = "plans.reopen", _("重新督办")
    SET_DEADLINE = "plans.set_deadline", _("确定期限")
    ASK_EXTENSION = "plans.ask_extension", _("申请延期")
    ANSWER_EXTENSION = "plans.answer_extension", _("答复延期申请")
    ESCALATE_TASK = "plans.escalate", _("超期上报")
    ASSIGN_UNIT = "plans.assign_unit", _("确定责任单位的机构")
    UNASSIGN_UNIT = "plans.unassign_unit", _("取消责任单位的机构")
    RECORD_DUTY = "plans.record_duty", _("登记职责履行")
    VOID_DUTY_RECORD = "plans.void_duty_record", _("作废职责登记")
    MAKE_FEED = "plans.make_feed", _("生成日历订阅地址")
    REVOKE_FEED = "plans.revoke_feed", _("撤销日历订阅地址")
    ADD_DOCUMENT = "plans.add_document", _("收录政策文件")
    EDIT_DOCUMENT = "plans.edit_document", _("修改政策文件草稿")
    PUBLISH_DOCUMENT = "plans.publish_document", _("发布政策文件")
    DISCARD_DOCUMENT = "plans.discard_document", _("放弃政策文件草稿")
    PROPOSE_REVIEW = "plans.propose_review", _("提出立改废意见")
    CONFIRM_REVIEW = "plans.confirm_review", _("确认立改废意见")
    SUBSCRIBE = "plans.subscribe", _("订阅政策")
    UNSUBSCRIBE = "plans.unsubscribe", _("取消订阅政策")
    DRAFT_FEES = "plans.draft_fees", _("起草收费清单")
    PUBLISH_FEES = "plans.publish_fees", _("发布收费清单")
    OPEN_DECOMPOSITION = "plans.open_decomposition", _("开始分解目标")
    SAVE_DECOMPOSITION = "plans.save_decomposition", _("修改目标分解")
    SUBMIT_DECOMPOSITION = "plans.submit_decomposition", _("提交目标分解")
    SEND_BACK_DECOMPOSITION = "plans.send_back_decomposition", _("退回目标分解")
    DISCARD_DECOMPOSITION = "plans.discard_decomposition", _("作废目标分解")
    APPROVE_DECOMPOSITION = "plans.approve_decomposition", _("批准目标分解")
    MAKE_TARGET_LETTER = "plans.make_target_letter", _("制作目标责任书")
    ISSUE_TARGET_LETTER = "plans.issue_target_letter", _("下达目标责任书")
    ACKNOWLEDGE_TARGET_LETTER = "plans.acknowledge_target_letter", _("签收目标责任书")
    START_PROPOSAL = "plans.start_proposal", _("起草规则修改")
    SAVE_PROPOSAL = "plans.save_proposal", _("保存规则修改")
    PROPOSE_RULE = "plans.propose_rule", _("提请发布规则")
    RETURN_RULE = "plans.return_rule", _("退回规则修改")
    WITHDRAW_RULE = "plans.withdraw_rule", _("撤回规则修改")
    REBASE_RULE = "plans.rebase_rule", _("改到现行规则之上")
    PUBLISH_RULE = "plans.publish_rule", _("发布规则版本")
    SIMULATE_RULES = "plans.simulate_rules", _("测算规则")
    SAVE_SIMULATION = "plans.save_simulation", _("保存测算")
    UPLOAD_PLAN = "plans.upload_plan", _("上传计划文件")
    OPEN_READING = "plans.open_reading", _("读出计划内容")
    REFUSE_READING = "plans.refuse_reading", _("未能读取计划文件")
    ACCEPT_ITEM = "plans.accept_item", _("采用")
    CORRECT_ITEM = "plans.correct_item", _("改正")
    DISCARD_ITEM = "plans.discard_item", _("不采用")
    REOPEN_ITEM = "plans.reopen_item", _("改回未读")
    ADD_ITEM = "plans.add_item", _("补充")
    ACCEPT_ITEMS = "plans.accept_items", _("成批采用")
    KEEP_CHOICES = "plans.keep_choices", _("填写计划信息")
    COMPLETE_READING = "plans.complete_reading", _("载入为计划")


class TaskState(models.TextChoices):
    """States of a task. What may follow what stands in task_states.py."""

    OPEN = "open", _("办理中")
    REPORTED = "reported", _("已报告，待确认")
    RETURNED = "returned", _("报告被退回")
    CLOSED = "closed", _("已办结")
    DROPPED = "dropped", _("新版本不再列入")


FINISHED = (TaskState.CLOSED, TaskState.DROPPED)  # nobody owes anything any longer


class UnitRole(models.TextChoices):
    """What a unit has to do with a task."""

    LEAD = "lead", _("牵头")
    RESPONSIBLE = "responsible", _("责任")
    COOPERATE = "cooperate", _("配合")


class ReportState(models.TextChoices):
    """What became of a report."""

    WAITING = "waiting", _("等待答复")
    ACCEPTED = "accepted", _("已确认")
    RETURNED = "returned", _("已退回")
    OVERTAKEN = "overtaken", _("已有新的报告")


class ExtensionState(models.TextChoices):
    """What became of a request for more time."""

    ASKED = "asked", _("待批准")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("未批准")


class Rank(models.TextChoices):
    """The rank, at the time, of the person who did a duty."""

    PRINCIPAL = "principal", _("主要领导")
    DEPUTY = "deputy", _("分管或副职领导")
    OTHER = "other", _("其他人员")
