"""Telling people that the check or the import of their delivery has ended, once, with its page."""

from __future__ import annotations

from miaopu.core.actions import notify
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.parties.models import Delivery

_TEXT_MAX = 300


def tell_checked(delivery: Delivery) -> None:
    """Who handed the file in is told what the check found and what is to be done now."""
    good, wrong = delivery.importable_count, delivery.wrong_count
    if good:
        then = Bilingual("请查看后确认写入", "look at it and confirm")
    elif wrong:
        then = Bilingual("请改正后重新上传", "correct them and hand the file in again")
    else:
        then = Bilingual("没有需要写入的内容", "there is nothing to write")
    _tell(
        delivery.delivered_by,
        delivery,
        "checked",
        Bilingual(
            f"检查完毕，新增或更新 {good} 行，有误 {wrong} 行；{then.zh}",
            f"checked: {good} rows new or changed, {wrong} with faults; {then.en}",
        ),
    )


def tell_refused(delivery: Delivery, why: Bilingual) -> None:
    """Who handed the file in is told why it cannot be read."""
    text = Bilingual(f"已退回：{why.zh}", f"sent back: {why.en}")
    _tell(delivery.delivered_by, delivery, "refused", text)


def tell_imported(delivery: Delivery) -> None:
    """Who handed the file in and who confirmed it are told what was written."""
    text = Bilingual(
        f"导入完毕，登记 {delivery.registered_count} 户，更新 {delivery.updated_count} 户，"
        f"写入数据 {delivery.facts_count} 项",
        f"imported: {delivery.registered_count} enterprises registered,"
        f" {delivery.updated_count} updated, {delivery.facts_count} facts written",
    )
    for user in {delivery.delivered_by, delivery.confirmed_by}:
        if user is not None:
            _tell(user, delivery, "imported", text)


def _tell(user: User, delivery: Delivery, step: str, text: Bilingual) -> None:
    number, name = delivery.number, delivery.file_name
    whole = Bilingual(f"{number}（{name}）：{text.zh}", f"{number} ({name}): {text.en}")
    notify(
        user,
        f"delivery/{number}/{step}",
        whole.zh[:_TEXT_MAX],
        whole.en[:_TEXT_MAX],
        link=f"/office/deliveries/{number}/",
    )
