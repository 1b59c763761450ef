"""Forms of those who run a base: its record, its rooms, its tenants."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from miaopu.bases.admission import regions_for
from miaopu.bases.enums import CarrierType, TenancyStage
from miaopu.bases.models import Base
from miaopu.bases.tenants import enterprise_of_code
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.engine.money import yuan_to_fen
from miaopu.parties.models import Enterprise
from miaopu.portal import present
from miaopu.portal.performing import in_one_line

RENT_MAX = Decimal(100_000_000)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


def area_field(label: Any, help_text: Any, **options: Any) -> forms.DecimalField:
    """An area in m², to a hundredth."""
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        **options,
    )


class RegionField(forms.ModelChoiceField):  # type: ignore[type-arg] # no brackets while it runs
    """A region, named in the reader's language."""

    def label_from_instance(self, obj: Region) -> str:
        """The region's name."""
        return present.region_name(obj)


class RecordForm(forms.Form):
    """What the operator states of a base."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("基地名称"), max_length=120)
    carrier_type = forms.ChoiceField(label=_("载体类型"), choices=CarrierType.choices)
    region = RegionField(label=_("区域"), queryset=None)
    address = forms.CharField(label=_("地址"), max_length=200)
    opened_on = day_field(_("运营起始日期"))
    floor_area = area_field(_("建筑面积（平方米）"), _("房产证或租赁合同上的面积"))
    incubation_area = area_field(_("孵化面积（平方米）"), _("供创业团队和在孵企业使用的面积"))
    workshop_area = area_field(_("标准厂房面积（平方米）"), _("没有填 0"), initial=0)
    service_staff = forms.IntegerField(label=_("服务人员（人）"), min_value=0, max_value=100_000)
    coaches = forms.IntegerField(label=_("创业辅导师（人）"), min_value=0, max_value=100_000)
    services = forms.CharField(
        label=_("提供的服务"),
        help_text=_("例如培训、融资对接、政策咨询"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, operator: Enterprise, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["region"]
        assert isinstance(field, RegionField)
        field.queryset = regions_for(operator)


class RoomForm(forms.Form):
    """A room to be let."""

    building = forms.CharField(label=_("楼栋"), max_length=40, required=False)
    floor = forms.CharField(label=_("楼层"), max_length=10, required=False)
    name = forms.CharField(label=_("房间"), max_length=40)
    area = forms.DecimalField(
        label=_("面积（平方米）"), max_digits=10, decimal_places=2, min_value=Decimal("0.01")
    )


class TenantForm(forms.Form):
    """Who moves in, where, for how much."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        help_text=_("已登记的企业填这一项；还没有注册的团队或项目留空"),
        max_length=18,
        required=False,
    )
    team = forms.CharField(label=_("团队或项目名称"), max_length=120, required=False)
    stage = forms.ChoiceField(
        label=_("阶段"),
        help_text=_("已登记的企业一律为在孵企业"),
        choices=[(one.value, one.label) for one in (TenancyStage.TEAM, TenancyStage.PROJECT)],
    )
    since = day_field(_("入驻日期"))
    room = forms.ChoiceField(label=_("房间"), required=False)
    area = forms.DecimalField(
        label=_("租用面积（平方米）"), max_digits=10, decimal_places=2, min_value=Decimal("0.01")
    )
    rent = forms.DecimalField(
        label=_("月租金（元）"),
        help_text=_("减免之前的月租金"),
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=RENT_MAX,
    )
    relief_percent = forms.IntegerField(
        label=_("租金减免（%）"), min_value=0, max_value=100, initial=0
    )
    contract = forms.CharField(label=_("合同编号"), max_length=60, required=False)

    def __init__(self, *args: Any, base: Base, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rooms = {str(room.pk): room for room in base.rooms.all()}
        field = self.fields["room"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不指定")), *((key, str(one)) for key, one in self.rooms.items())]

    def clean_uscc(self) -> Enterprise | None:
        """The enterprise of the code; a code that nobody has is an error."""
        return registered(self.cleaned_data["uscc"])

    def clean(self) -> dict[str, Any]:
        """A team has a name, an enterprise brings its own."""
        data = super().clean() or {}
        if "uscc" in data and data["uscc"] is None and not data.get("team"):
            self.add_error("team", _("请填写团队或项目名称，或填写企业的统一社会信用代码"))
        return data

    def stated(self) -> dict[str, Any]:
        """What the action `admit_tenant` takes."""
        data = self.cleaned_data
        return {
            "team": data["team"],
            "enterprise": data["uscc"],
            "room": self.rooms.get(data["room"]),
            "area": data["area"],
            "rent_fen": yuan_to_fen(data["rent"]),
            "relief_percent": data["relief_percent"],
            "since": data["since"],
            "contract": data["contract"],
            "stage": TenancyStage(data["stage"]),
        }


def registered(code: str) -> Enterprise | None:
    """The enterprise with the credit code, None for an empty one; raises ValidationError."""
    try:
        return enterprise_of_code(code) if code.strip() else None
    except ActionRefused as refused:
        raise forms.ValidationError(in_one_line(refused)) from refused


class StepForm(forms.Form):
    """A step of a tenant: what it needs depends on the step."""

    uscc = forms.CharField(
        label=_("统一社会信用代码"), help_text=_("新登记企业营业执照上的代码"), max_length=18
    )
    on = day_field(_("日期"))
    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    NEEDS = {
        "advance": (),
        "incubate": ("uscc", "on"),
        "graduate": ("on", "reason"),
        "leave": ("on", "reason"),
    }

    def __init__(self, step: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in set(self.fields) - set(self.NEEDS[step]):
            del self.fields[name]

    def clean_uscc(self) -> Enterprise | None:
        """The enterprise of the code."""
        return registered(self.cleaned_data["uscc"])
