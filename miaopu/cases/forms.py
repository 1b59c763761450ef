"""Checking what an enterprise typed against the fields that the pack defines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from miaopu.engine.packs.procedure import FormField

MAX_INTEGER = 1_000_000
MAX_CHARACTERS = 50_000  # of a whole form
# Signs that no text has (control, surrogates) or that make a text read otherwise than it stands.
DECEPTIVE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
PHONE = re.compile(r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})$")
MONEY = re.compile(r"^[0-9]{1,13}(\.[0-9]{1,2})?$")
ACCOUNT = re.compile(r"^[0-9]{8,30}$")


# What packs call the attributes of an enterprise (the names of department feeds).
ATTRIBUTES = {
    "name": "name",
    "uscc": "uscc",
    "legal_rep": "legal_representative",
    "phone": "phone",
    "address": "address",
}


@dataclass(frozen=True)
class FormError:
    """What is wrong with one field, and what to do."""

    field: str
    message: str


def _clean(field: FormField, raw: str) -> tuple[Any, str]:
    """The value and what is wrong with it ("" if nothing)."""
    text = unicodedata.normalize("NFKC", raw).strip() if field.type != "text" else raw.strip()
    if not text and field.type != "boolean":
        return "", (_("请填写此项") if field.required else "")
    match field.type:
        case "integer":
            if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) > MAX_INTEGER:
                return text, _("请填写整数，例如 12")
            return int(text), ""
        case "phone":
            if not PHONE.fullmatch(text.replace(" ", "")):
                return text, _("请填写11位手机号或带区号的固定电话")
            return text.replace(" ", ""), ""
        case "account":
            compact = text.replace(" ", "").replace("-", "")
            if not ACCOUNT.fullmatch(compact):
                return text, _("请填写8至30位数字的银行账号")
            return compact, ""
        case "boolean":
            if text in {"on", "true", "True", "1"}:
                return True, ""
            return False, (_("请勾选此项") if field.must_be_true else "")
        case "choice":
            known = {choice.id for choice in field.choices}
            return text, ("" if text in known else _("请从选项中选择一项"))
        case "money":
            if not MONEY.fullmatch(text.replace(",", "")):
                return text, _("请填写金额（元），例如 45000 或 45000.50")
            return text.replace(",", ""), ""
        case "date":
            try:
                return date.fromisoformat(text).isoformat(), ""
            except ValueError:
                return text, _("请填写日期，例如 2018-05-10")
    limit = field.max_length or 500
    if len(text) > limit:
        return text, _("最多 %(limit)s 个字，现有 %(count)s 个字") % {
            "limit": limit,
            "count": len(text),
        }
    return text, ""


def check_form(
    fields: tuple[FormField, ...], typed: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FormError]]:
    """The values to keep and every error, field by field. Nothing typed is dropped."""
    values: dict[str, Any] = {}
    errors: list[FormError] = []
    for field in fields:
        value, problem = _clean(field, DECEPTIVE.sub("", str(typed.get(field.id, ""))))
        values[field.id] = value
        if problem:
            errors.append(FormError(field.id, problem))
    return values, errors
