"""Figures of a base from its tenants' months, as the pages of bases show them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from miaopu.bases.models import Base
from miaopu.bases.month_figures import month_totals, turnover_of
from miaopu.portal import formats
from miaopu.portal.views.bases_shared import Card


def month_cards(base: Base, today: date) -> list[Card]:
    """Who came and went in twelve months; staff, revenue and tax of the last month reported."""
    number, households = formats.number, _("户")
    moved = turnover_of(base, today)
    note = _("近12个月，其中毕业 %(count)s 户") % {"count": moved.graduated}
    cards = [
        Card(_("新入驻"), number(moved.came), households, _("近12个月")),
        Card(_("毕业和退出"), number(moved.graduated + moved.left), households, note),
    ]
    found = month_totals(base)
    if found is not None:
        note = _("%(month)s，%(reported)s/%(asked)s 户已报") % {
            "month": formats.month(found.month),
            "reported": found.reported,
            "asked": found.asked,
        }
        cards += [
            Card(_("当月从业人员"), number(found.employees), _("人"), note),
            Card(_("当月营业收入"), formats.yuan_short(found.revenue_fen), _("元"), note),
            Card(_("当月纳税额"), formats.yuan_short(found.tax_fen), _("元"), note),
        ]
    return cards
