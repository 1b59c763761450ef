"""The clause chip, for templates (`c-clause`) and for the cells of tables alike."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from miaopu.portal.shapes import Text

_ASIDE = (
    'data-aside hx-get="{href}" hx-target="#aside-body" hx-select="[data-aside-content]"'
    ' hx-swap="innerHTML"'
)
_LINK = f'<a class="clause" href="{{href}}" {_ASIDE}>{{inside}}</a>'


def clause_chip(path: str, href: str, title: Text = "") -> SafeString:
    """A clause by its number, leading to its text beside the page; no link without `href`."""
    named = format_html(' <span class="clause-title">{}</span>', title) if title else ""
    inside = format_html(
        '<span class="visually-hidden">{}</span> {}{}', gettext("依据条款"), path, named
    )
    if not href:
        return format_html('<span class="clause">{}</span>', inside)
    return format_html(_LINK, href=href, inside=inside)
