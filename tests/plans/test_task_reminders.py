"""Reminders of tasks and duties: once per event, stopping when answered; escalation once; races."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from miaopu.core.actions import mark_notices_read
from miaopu.core.errors import Conflict
from miaopu.core.models import Event, Notice, User
from miaopu.plans.duty_actions import Done, record_duty
from miaopu.plans.enums import Rank, TaskState, Verb
from miaopu.plans.task_actions import (
    answer_extension,
    ask_extension,
    close_task,
    note_reports,
    return_reports,
    set_deadline,
)
from miaopu.plans.task_reminders import remind_of_tasks
from tests.factories import FIRST_DAY, City, travel
from tests.plans.supervised import another_supervisor, give_to, report, supervised, task_of

DUE = date(2018, 6, 8)  # a Friday


@pytest.fixture
def tasks(city: City) -> City:
    supervised(city)
    task = task_of(city, "register")
    set_deadline(task, DUE, by=city.programme_officer, reason="半年检查")
    return city


def unread(user: User, about: str = "task-reminder") -> list[str]:
    rows = Notice.objects.filter(user=user, read_at=None, key__startswith=about)
    return [notice.text for notice in rows.order_by("pk")]


@pytest.mark.django_db
def test_reminders_come_once_a_step_and_stop_when_answered(tasks: City) -> None:
    assert remind_of_tasks() == 0
    travel(DUE - timedelta(days=4))  # Monday: four working days left
    assert remind_of_tasks() > 0
    assert [text for text in unread(tasks.reviewer) if "台账" in text] == [
        f"任务“{task_of(tasks, 'register').title}”将于 2018-06-08 到期"
    ]
    assert remind_of_tasks() == 0
    travel(DUE - timedelta(days=3))
    assert remind_of_tasks() > 0  # three working days left
    assert len([text for text in unread(tasks.reviewer) if "台账" in text]) == 1  # said again
    report(task_of(tasks, "register"), tasks.reviewer)
    assert not [text for text in unread(tasks.reviewer) if "台账" in text]
    assert not [text for text in unread(tasks.other_reviewer) if "台账" in text]
    travel(DUE - timedelta(days=1))
    remind_of_tasks()
    assert not [text for text in unread(tasks.reviewer) if "台账" in text]  # its report waits
    return_reports(task_of(tasks, "register"), by=tasks.programme_officer, reason="缺名单")
    remind_of_tasks()
    assert [text for text in unread(tasks.reviewer) if "台账" in text]


@pytest.mark.django_db
def test_nobody_is_reminded_of_what_another_office_owes(tasks: City) -> None:
    travel(DUE)
    remind_of_tasks()
    assert unread(tasks.reviewer) and unread(tasks.other_approver)
    for stranger in (tasks.programme_officer, tasks.auditor, tasks.finance, tasks.owner):
        assert unread(stranger) == []


@pytest.mark.django_db
def test_silence_is_reminded_once_a_month_and_only_the_silent(tasks: City) -> None:
    travel(FIRST_DAY + timedelta(days=20))
    report(task_of(tasks, "key_groups"), tasks.other_reviewer)
    travel(FIRST_DAY + timedelta(days=31))
    remind_of_tasks()

    def silent(user: User) -> list[str]:
        return [text for text in unread(user) if "久未报告" in text and "重点人群" in text]

    # The other district's report waits for an answer: nobody is asked meanwhile.
    assert silent(tasks.reviewer) == []
    note_reports(task_of(tasks, "key_groups"), by=tasks.programme_officer)
    remind_of_tasks()
    assert len(silent(tasks.reviewer)) == 1 and silent(tasks.other_reviewer) == []
    travel(FIRST_DAY + timedelta(days=33))  # in June: another month, another reminder
    mark_notices_read(tasks.reviewer)
    remind_of_tasks()
    assert silent(tasks.reviewer) == []
    travel(date(2018, 7, 2))
    remind_of_tasks()
    assert len(silent(tasks.reviewer)) == 1


@pytest.mark.django_db
def test_long_overdue_goes_upward_once_for_each_deadline(tasks: City) -> None:
    task = task_of(tasks, "register")
    travel(date(2018, 6, 14))
    remind_of_tasks()
    task.refresh_from_db()
    assert task.escalated_on is None  # four working days
    travel(date(2018, 6, 15))
    remind_of_tasks()
    remind_of_tasks()
    task.refresh_from_db()
    assert task.escalated_on == date(2018, 6, 15)
    assert len(unread(tasks.programme_officer, "task-escalation")) == 1
    assert len(unread(tasks.leading_group, "task-escalation")) == 1
    assert unread(tasks.approver, "task-escalation") == []
    events = Event.objects.for_subject(task).filter(verb=Verb.ESCALATE_TASK)
    assert events.count() == 1
    # More time: another deadline, that can be missed again.
    ask_extension(task, date(2018, 6, 29), by=tasks.reviewer, reason="人手不足")
    answer_extension(task, granted=True, by=tasks.programme_officer, reason="同意")
    travel(date(2018, 7, 9))
    remind_of_tasks()
    assert events.count() == 2


@pytest.mark.django_db
def test_duties_are_reminded_before_the_period_ends_until_they_are_met(tasks: City) -> None:
    give_to(tasks, "all_departments", tasks.reviewer.live_memberships[0].office)
    travel(date(2018, 6, 20))
    remind_of_tasks()
    assert unread(tasks.reviewer, "duty-reminder") == []
    travel(date(2018, 6, 27))
    remind_of_tasks()
    [text] = unread(tasks.reviewer, "duty-reminder")
    assert "2018年6月" in text and "2018-06-30" in text
    duty = next(one for one in tasks.version.pack.duties if one.id == "publicity_month")
    said = Done("张主任", Rank.PRINCIPAL, date(2018, 6, 27), "云岩", region=_region(tasks))
    office = tasks.reviewer.live_memberships[0].office
    record_duty(tasks.version, duty, office, said, by=tasks.reviewer)
    assert unread(tasks.reviewer, "duty-reminder") == []
    assert remind_of_tasks() == 0


def _region(city: City) -> Any:
    return city.enterprise.region


def test_two_close_at_once_and_two_escalate_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    city = committed_city
    supervised(city)
    other = another_supervisor()
    task = task_of(city, "key_groups")
    report(task, city.reviewer, 100)
    found = in_threads(
        [
            lambda: close_task(task, by=city.programme_officer),
            lambda: close_task(task, by=other),
        ]
    )
    assert sum(isinstance(one, Conflict) for one in found) == 1
    task.refresh_from_db()
    assert task.state == TaskState.CLOSED
    assert Event.objects.for_subject(task).filter(verb=Verb.CLOSE_TASK).count() == 1
    late = task_of(city, "register")
    travel(date(2019, 2, 1))
    in_threads([remind_of_tasks, remind_of_tasks])
    assert Event.objects.for_subject(late).filter(verb=Verb.ESCALATE_TASK).count() == 1
    notices = Notice.objects.filter(key=f"task-escalation/{late.pk}/2018-12-31")
    assert {notice.user_id for notice in notices} == {
        *(city.programme_officer.pk, city.leading_group.pk, other.pk)
    }
