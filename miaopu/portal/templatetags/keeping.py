"""Finished parts of templates, kept for as long as what they are made from stays the same.

Registered as built-ins, so no template loads them.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import forms, template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from miaopu.portal.kept_parts import kept_text

register = template.Library()


class KeptTextNode(template.Node):
    """See `kept_text_tag`."""

    def __init__(self, name: str, values: list[FilterExpression], nodes: NodeList) -> None:
        self.name, self.values, self.nodelist = name, values, nodes

    def render(self, context: Context) -> Any:
        """The part as it was made for these values, or as it is made now."""
        values = tuple(value.resolve(context, ignore_failures=True) for value in self.values)
        return kept_text((self.name, values), lambda: self.nodelist.render(context))


@register.tag("kept_text")
def kept_text_tag(parser: Parser, token: Token) -> KeptTextNode:
    """`{% kept_text "name" value … %} … {% endkept_text %}`: made once for the values given.

    What stands inside may depend on nothing but those values and the language; a form's token in it
    is refused (portal.kept_parts). Values are hashable.
    """
    name, *values = token.split_contents()[1:]
    nodes = parser.parse(("endkept_text",))
    parser.delete_first_token()
    return KeptTextNode(name.strip("\"'"), [parser.compile_filter(one) for one in values], nodes)


@register.filter
def form_key(form: forms.BaseForm | None) -> Hashable:
    """Everything that the fields of a form are shown from, as a key for `kept_text`."""
    if form is None:
        return None
    fields = tuple(
        (
            form[name].html_name,
            type(field.widget).__name__,
            repr(field.widget.attrs),
            field.required,
            str(field.label),
            str(field.help_text),
            _plain(getattr(field, "choices", ())),
            repr(form[name].value()),
        )
        for name, field in form.fields.items()
    )
    errors = form.errors.as_json() if form.errors else ""
    return (type(form).__module__, type(form).__qualname__, str(form.auto_id), fields, errors)


def _plain(choices: Any) -> Hashable:
    """Choices, grouped ones too, as texts."""
    return tuple(
        (str(value), _plain(label) if isinstance(label, list | tuple) else str(label))
        for value, label in choices
    )
