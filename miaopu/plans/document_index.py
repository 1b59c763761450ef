"""What of a document is searched: filled when it is published, never while somebody searches."""

from __future__ import annotations

from miaopu.engine.search.numbers import number_key, read_number, title_key
from miaopu.engine.search.pinyin import pinyin_of
from miaopu.engine.search.words import folded, index_of, sentences, squeezed
from miaopu.plans.models import DocumentVersion, PolicyDocument
from miaopu.plans.models.documents import HEAD_FIELDS

CARD_FIELDS = ("what", "who", "how_much", "how", "until")
TEXT_MAX = 200_000  # signs; a tsvector may not be larger than a megabyte


def take_head(document: PolicyDocument, version: DocumentVersion) -> None:
    """Let the catalogue show the head of this version; the caller saves."""
    for name in HEAD_FIELDS:
        setattr(document, name, getattr(version, name))
    number = read_number(document.number)
    document.number_key = number_key(document.number)[:60]
    document.number_tail = number.tail if number else ""
    document.title_key = title_key(document.title)


def fill_index(document: PolicyDocument, version: DocumentVersion) -> None:
    """Fill what the search reads from a version; the caller saves."""
    take_head(document, version)
    cards = [str(version.card.get(name, "")) for name in CARD_FIELDS]
    titles = "\n".join(one["title"] for one in version.clauses)
    document.pinyin, document.initials = pinyin_of(version.title)
    document.title_words = index_of([("A", version.title)])
    document.words = index_of(
        [
            ("A", f"{version.title}\n{version.number}"),
            ("B", "\n".join([*cards, version.issuer])),
            ("C", titles),
            ("D", version.text),
        ]
    )
    # What is shown of it: the head stands on the page anyhow. What is compared: all of it.
    document.searched_text = squeezed(sentences([*cards, version.text]))
    head = (version.title, version.number, version.issuer)
    document.folded_text = folded(squeezed("\n".join([*head, document.searched_text])))
