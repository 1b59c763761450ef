"""What a person says of the programme that a reading becomes: a new one, or a next version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core.models import Region
from miaopu.core.scope import region_prefix
from miaopu.plans.models import Programme
from miaopu.plans.reading_completion import LEAVE_OUT, NEW_ZONE, WHOLE
from miaopu.portal import present
from miaopu.portal.views.office_parts import offer_regions


class ProgrammeForm(forms.Form):
    """What a reading cannot know of its programme."""

    use_required_attribute = False
    onto = forms.ChoiceField(
        label=_("载入为"),
        required=False,
        help_text=_("作为下一版载入时，事项、规则、预算等原文读不出的内容沿用现行版本"),
    )
    programme = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,58}$",
        label=_("标识"),
        required=False,
        help_text=_("用在网址里，如 baiyun-2018；小写字母、数字和短横线；作为下一版载入时不用填"),
        error_messages={"invalid": _("只能用小写字母、数字和短横线，2至59个字符")},
    )
    title = forms.CharField(label=_("名称"), max_length=200)
    title_en = forms.CharField(label=_("英文名称"), max_length=300)
    number = forms.CharField(label=_("计划文号"), required=False, max_length=100)
    date = forms.CharField(
        label=_("印发日期"), required=False, max_length=20, help_text=_("如 2018-05-02")
    )
    region = forms.ChoiceField(label=_("实施区域"))
    start = forms.DateField(
        label=_("计划期自"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    end = forms.DateField(
        label=_("计划期至"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(
        self,
        places: list[Region],
        scopes: list[str],
        programmes: list[Programme],
        *given: Any,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.fields["onto"].choices = [  # type: ignore[attr-defined]
            ("", gettext("新的计划")),
            *((one.slug, _next_of(one)) for one in programmes),
        ]
        offer_regions(self, [one for one in places if not one.is_zone])
        options = [
            ("", gettext("请选择")),
            (WHOLE, gettext("整个实施区域")),
            (LEAVE_OUT, gettext("不载入这些目标")),
            (NEW_ZONE, gettext("新设片区")),
            *((one.code, f"{present.region_name(one)} {one.code}") for one in places),
        ]
        self.scopes = scopes
        for number, scope in enumerate(scopes):
            self.fields[f"scope_{number}"] = forms.ChoiceField(
                label=gettext("“%(scope)s”是哪里") % {"scope": scope}, choices=options
            )

    def clean(self) -> dict[str, Any] | None:
        """The period runs forward; places lie inside the region."""
        data = super().clean() or {}
        if data.get("onto"):
            data["programme"] = data["onto"]
            self.errors.pop("programme", None)
        elif not data.get("programme") and "programme" not in self.errors:
            self.add_error("programme", gettext("请填写标识，或选择作为哪个计划的下一版载入"))
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", gettext("截止日早于起始日"))
        prefix = region_prefix(str(data.get("region") or ""))
        for number, _scope in enumerate(self.scopes):
            code = str(data.get(f"scope_{number}") or "")
            if code.isdigit() and prefix and not code.startswith(prefix):
                self.add_error(f"scope_{number}", gettext("不在实施区域之内"))
            if code == NEW_ZONE and len(prefix) != 4:
                self.add_error(f"scope_{number}", gettext("只有市一级的计划可以新设片区"))
        return data

    def kept(self) -> dict[str, Any]:
        """What is kept of the form."""
        data = self.cleaned_data
        names = ("onto", "programme", "title", "title_en", "number", "date", "region")
        return {
            **{name: data[name] for name in names},
            "start": data["start"].isoformat(),
            "end": data["end"].isoformat(),
            "scopes": {scope: data[f"scope_{number}"] for number, scope in enumerate(self.scopes)},
        }


def _next_of(programme: Programme) -> str:
    name = {"name": present.in_language(programme.name), "slug": programme.slug}
    return gettext("“%(name)s”的下一版（%(slug)s）") % name
