"""What the page of an award shows of its payments in batches, and the form for a return."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.ledger.models import Award
from miaopu.portal.tables import Column, Table

COLUMNS = (
    Column("batch", _("付款批次")),
    Column("bank", _("开户银行")),
    Column("state", _("结果")),
    Column("said", _("银行流水号或原因")),
    Column("day", _("银行日期"), kind="date"),
    Column("at", _("登记时间"), kind="moment"),
)


class ReturnForm(forms.Form):
    """Why a payment came back."""

    reason = forms.CharField(
        label=_("退回原因"),
        help_text=_("银行退票的说明，会告知企业；资金退回已承诺，可以再次付款"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因")},
    )
    account_right = forms.BooleanField(
        label=_("收款账户没有错，不需要企业更正（例如银行系统故障）"),
        help_text=_("不勾选的，会请企业更正账户，更正以前不能再付"),
        required=False,
    )


def payments_table(award: Award) -> Table | None:
    """The award's payments in batches, oldest first. The caller proved access to the award."""
    rows = [
        {
            "batch": line.batch.number,
            "bank": line.bank_name,
            "state": line.get_state_display(),
            "said": line.reason or line.bank_reference,
            "day": line.bank_day,
            "at": line.settled_at,
        }
        for line in award.batch_lines.select_related("batch").order_by("pk")
    ]
    return Table(COLUMNS, rows, gettext("付款经过")) if rows else None
