"""Seals: Merkle roots over records and the chain that ties each day's root to the day before.

Leaves and inner nodes are hashed apart, as RFC 6962 section 2.1 does, so that a node can never
pass for a record; the hash is SHA-256, and the root of nothing is the hash of nothing.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from miaopu.engine.messages import Bilingual, EngineError

GENESIS = "0" * 64

_HASH_SIZE = 32
_LEAF, _NODE = b"\x00", b"\x01"
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DEPTH_MAX = 32


class SealError(EngineError):
    """A record or a hash that cannot be sealed."""


def leaf(data: bytes) -> bytes:
    """The leaf hash of one record (`canonical` gives its bytes)."""
    return hashlib.sha256(_LEAF + data).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in their order; of none, the hash of the empty string.

    Raises SealError for a leaf that is not a 32-byte hash, so that raw data is never sealed.
    """
    if any(len(one) != _HASH_SIZE for one in leaves):
        raise _refused("叶子不是 32 字节的哈希值", "a leaf is not a hash of 32 bytes")
    if not leaves:
        return hashlib.sha256(b"").digest()
    # Pairing level by level, an odd last node moving up as it is, gives the tree of RFC 6962.
    level = list(leaves)
    while len(level) > 1:
        paired = [
            hashlib.sha256(_NODE + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def chain(previous_hex: str, day: date, root_hex: str, count: int) -> str:
    """The seal of one day in hex: over the day before's seal, the day, its root and its records.

    The first day's `previous_hex` is GENESIS. Raises SealError for anything but 64 lower-case hex
    signs, a moment instead of a day, and a negative count.
    """
    if not is_hash(previous_hex) or not is_hash(root_hex):
        raise _refused("哈希值应为 64 位小写十六进制", "a hash is 64 lower-case hex signs")
    if isinstance(day, datetime) or count < 0:
        raise _refused("日期或条数无效", "the day or the count is not valid")
    record = {"previous": previous_hex, "day": day.isoformat(), "root": root_hex, "count": count}
    return digest(record)


def digest(record: Mapping[str, object]) -> str:
    """SHA-256 in hex of a record in its canonical form."""
    return hashlib.sha256(canonical(record)).hexdigest()


def is_hash(text: str) -> bool:
    """Whether the text is a hash as seals write it: 64 lower-case hex signs."""
    return _HEX.fullmatch(text) is not None


def canonical(record: Mapping[str, object]) -> bytes:
    """The one way to write `record` as bytes: compact JSON in UTF-8, keys in code point order.

    Values are integers, text, booleans, None, and mappings and lists of them; raises SealError for
    floats and all else, as they have more than one way to be written. Text is taken as it is:
    texts that look alike but are composed differently seal differently.
    """
    plain = _plain(record, 0)
    try:
        return json.dumps(
            plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        ).encode()
    except UnicodeEncodeError as error:
        raise _refused("文本含有无效字符", "a text holds a lone surrogate") from error


def _plain(value: object, depth: int) -> object:
    if depth > _DEPTH_MAX:
        raise _refused("记录嵌套过深", "the record is nested too deeply")
    match value:
        case None | bool() | int() | str():
            return value
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise _refused("记录的键应为文本", "the keys of a record are texts")
            return {key: _plain(part, depth + 1) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part, depth + 1) for part in value]
    kind = type(value).__name__
    raise _refused(f"{kind} 类型不能封存", f"a value of type {kind} cannot be sealed")


def _refused(zh: str, en: str) -> SealError:
    return SealError(
        Bilingual(zh, en), Bilingual("请检查待封存的记录", "check the record to be sealed")
    )
