"""Filters and tags of the portal; registered as built-ins, so no template loads them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from miaopu.engine import masking
from miaopu.portal import formats
from miaopu.portal.chips import clause_chip
from miaopu.portal.shapes import Link

register = template.Library()
register.simple_tag(clause_chip)

_MASKS = {
    "name": masking.mask_name,
    "phone": masking.mask_phone,
    "id_number": masking.mask_id_number,
    "account": masking.mask_account,
}


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan: 31,500.00."""
    return formats.yuan(fen)


@register.filter
def yuan_short(fen: int | None) -> str:
    """Fen as yuan, decimals only where needed: 31,500."""
    return formats.yuan_short(fen)


@register.filter
def wan(fen: int | None) -> str:
    """Fen in 万元 with its unit; English gets yuan."""
    return formats.wan(fen)


@register.filter
def number(value: int | Decimal | None) -> str:
    """Grouped thousands in both languages."""
    return formats.number(value)


@register.filter
def percent(part: int | Decimal | Fraction | None, whole: int | Decimal | None = 1) -> str:
    """`{{ done|percent:target }}`: per cent to one decimal, computed exactly."""
    return formats.percent(part, whole)


@register.filter
def day(value: date | datetime | None) -> str:
    """2018年5月10日 or 10 May 2018."""
    return formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Date and time to the minute."""
    return formats.moment(value)


@register.filter
def in_language(value: Any) -> str:
    """A bilingual text (Bilingual, or a mapping with zh and en) in the reader's language."""
    if value is None:
        return ""
    if hasattr(value, "in_language"):
        return str(value.in_language(get_language() or "zh-hans"))
    if isinstance(value, Mapping):
        wanted, other = ("en", "zh") if formats.is_english() else ("zh", "en")
        return str(value.get(wanted) or value.get(other) or "")
    return str(value)


@register.filter
def masked(value: str | None, kind: str = "name") -> str:
    """Personal data masked: `{{ person.phone|masked:"phone" }}`; name, phone, id_number, account.

    Raises KeyError for another kind: nothing is shown unmasked by mistake.
    """
    mask = _MASKS[kind]
    return mask(value) if value else ""


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: hidden, checkbox, group (several inputs), file or plain."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, forms.FileInput) else "plain"


@register.filter
def error_links(form: forms.BaseForm) -> list[Link]:
    """Every error of a form, each leading to its field ("" for those of the whole form)."""
    links = [Link(text=error) for error in form.non_field_errors()]
    for field in form:
        target = field.auto_id
        if field_kind(field) == "group":
            target = f"{target}_0"
        for error in field.errors:
            text = gettext("%(label)s：%(error)s") % {"label": field.label, "error": error}
            links.append(Link(text=text, href=f"#{target}"))
    return links


@register.filter
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """The page numbers to offer, with … for what is left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a space in English, nothing in Chinese."""
    return " " if formats.is_english() else ""


@register.simple_tag
def url_if(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a route, or "" where it does not exist: a component then shows no link."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""
