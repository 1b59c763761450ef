"""Forms of a base's record: facilities and position, photographs, changes, leaving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.bases import leaving, records
from miaopu.bases.models import Tenancy
from miaopu.bases.record_enums import ChangeKind, Facility, TenantFate
from miaopu.portal.views.operator_forms import area_field, day_field
from miaopu.portal.views.title_parts import ReasonForm

PICTURES = ".png,.jpg,.jpeg"
PROOF = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"


class ProfileForm(forms.Form):
    """Facilities and position."""

    facilities = forms.MultipleChoiceField(
        label=_("设施"),
        choices=Facility.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    longitude = forms.DecimalField(
        label=_("经度"), help_text=_("十进制度数，例如 106.713"), required=False,
        max_digits=9, decimal_places=6,
    )  # fmt: skip
    latitude = forms.DecimalField(
        label=_("纬度"), help_text=_("十进制度数，例如 26.598；不填则只标在所在区县"),
        required=False, max_digits=9, decimal_places=6,
    )  # fmt: skip


class PhotoForm(forms.Form):
    """A photograph with what it shows."""

    photo = forms.FileField(
        label=_("照片"),
        help_text=_("PNG 或 JPG，不超过20兆；公众可以看到，请不要拍到证件和人脸"),
        widget=forms.FileInput({"accept": PICTURES}),
        error_messages={"required": _("请选择照片")},
    )
    caption = forms.CharField(label=_("说明"), max_length=100, required=False)


class ProofField(forms.FileField):
    """What proves a change."""

    def __init__(self) -> None:
        super().__init__(
            label=_("证明文件"),
            help_text=_("PDF、PNG、JPG、Word（docx）或 Excel（xlsx），不超过20兆"),
            widget=forms.FileInput({"accept": PROOF}),
            error_messages={"required": _("请上传证明文件")},
        )


class NameChangeForm(ReasonForm):
    """Another name."""

    name = forms.CharField(label=_("变更后的名称"), max_length=120)
    happened_on = day_field(_("变更日期"))
    proof = ProofField()
    field_order = ["name", "happened_on", "proof", "reason"]


class OperatorChangeForm(ReasonForm):
    """Another operator."""

    operator = forms.CharField(label=_("新运营主体的统一社会信用代码"), max_length=18)
    happened_on = day_field(_("变更日期"))
    proof = ProofField()
    field_order = ["operator", "happened_on", "proof", "reason"]


class AreaChangeForm(ReasonForm):
    """Other areas."""

    floor_area = area_field(_("建筑面积（平方米）"), "")
    incubation_area = area_field(_("孵化面积（平方米）"), "")
    workshop_area = area_field(_("标准厂房面积（平方米）"), "")
    happened_on = day_field(_("变更日期"))
    proof = ProofField()
    field_order = [*records.FIELDS[ChangeKind.AREA], "happened_on", "proof", "reason"]


CHANGE_FORMS: dict[str, type[ReasonForm]] = {
    ChangeKind.NAME: NameChangeForm,
    ChangeKind.OPERATOR: OperatorChangeForm,
    ChangeKind.AREA: AreaChangeForm,
}


class ExitForm(ReasonForm):
    """When and why a base leaves, and what becomes of each tenant."""

    planned_on = day_field(_("计划退出日期"))

    def __init__(self, tenancies: list[Tenancy], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in tenancies:
            self.fields[f"fate_{one.pk}"] = forms.ChoiceField(
                label=gettext("%(name)s：安置") % {"name": one.tenant_name},
                choices=[("", gettext("请选择")), *TenantFate.choices],
            )
            self.fields[f"note_{one.pk}"] = forms.CharField(
                label=gettext("%(name)s：去向") % {"name": one.tenant_name},
                max_length=200,
                required=False,
            )

    def fates(self, tenancies: list[Tenancy]) -> dict[int, leaving.Fate]:
        """What was typed, by tenancy."""
        data = self.cleaned_data
        return {
            one.pk: (TenantFate(data[f"fate_{one.pk}"]), data[f"note_{one.pk}"])
            for one in tenancies
        }
