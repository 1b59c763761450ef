"""Merkle roots and the chain of days."""

import hashlib
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.seals import GENESIS, SealError, canonical, chain, leaf, merkle_root

# Inputs and roots published with certificate transparency (RFC 6962 trees over SHA-256).
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(codec="utf-8")))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_published_roots(size: int) -> None:
    leaves = [leaf(bytes.fromhex(data)) for data in INPUTS[:size]]
    assert merkle_root(leaves).hex() == ROOTS[size]


def split_recursively(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = split_recursively(leaves[:half]), split_recursively(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=4).map(leaf), min_size=1, max_size=70))
def test_agrees_with_the_definition(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == split_recursively(leaves)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=3), min_size=2, max_size=20, unique=True))
def test_every_record_and_the_order_matter(records: list[bytes]) -> None:
    leaves = [leaf(record) for record in records]
    root = merkle_root(leaves)
    assert merkle_root(leaves[::-1]) != root
    assert merkle_root(leaves[:-1]) != root
    assert merkle_root([leaf(records[0] + b"x"), *leaves[1:]]) != root


def test_a_node_is_no_leaf() -> None:
    two = [leaf(b"a"), leaf(b"b")]
    assert merkle_root([leaf(two[0] + two[1])]) != merkle_root(two)
    with pytest.raises(SealError):
        merkle_root([b"raw"])


def test_chain() -> None:
    root = merkle_root([]).hex()
    first = chain(GENESIS, date(2018, 1, 2), root, 0)
    assert chain(GENESIS, date(2018, 1, 2), root, 0) == first
    different = {
        chain(first, date(2018, 1, 2), root, 0),
        chain(GENESIS, date(2018, 1, 3), root, 0),
        chain(GENESIS, date(2018, 1, 2), leaf(b"").hex(), 0),
        chain(GENESIS, date(2018, 1, 2), root, 1),
    }
    assert len(different | {first}) == 5
    document = f'{{"count":0,"day":"2018-01-02","previous":"{GENESIS}","root":"{root}"}}'
    assert first == hashlib.sha256(document.encode()).hexdigest()


@pytest.mark.parametrize(
    ("previous", "day", "root", "count"),
    [
        ("", date(2018, 1, 2), GENESIS, 0),
        (GENESIS, date(2018, 1, 2), "A" * 64, 0),
        (GENESIS, datetime(2018, 1, 2), GENESIS, 0),  # noqa: DTZ001
        (GENESIS, date(2018, 1, 2), GENESIS, -1),
    ],
)
def test_chain_refuses(previous: str, day: date, root: str, count: int) -> None:
    with pytest.raises(SealError):
        chain(previous, day, root, count)


def test_canonical() -> None:
    record = {"b": 1, "a": None, "名": "苗圃", "c": True, "d": [{"y": 2, "x": "1\n"}]}
    expected = '{"a":null,"b":1,"c":true,"d":[{"x":"1\\n","y":2}],"名":"苗圃"}'
    assert canonical(record) == expected.encode()


@settings(deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="utf-8")), SCALARS))
def test_order_of_keys_does_not_matter(record: dict[str, object]) -> None:
    turned = dict(reversed(record.items()))
    assert canonical(record) == canonical(turned)


def test_true_is_not_one() -> None:
    assert canonical({"a": True}) != canonical({"a": 1})
    assert canonical({"a": 1}) != canonical({"a": "1"})


@pytest.mark.parametrize(
    "record",
    [
        {"a": 1.0}, {"a": [1.5]}, {"a": b"x"}, {"a": date(2018, 1, 1)}, {1: "a"}, {"a": {None: 1}},
        {"a": "\ud800"}, {"a": {1, 2}},
    ],
)  # fmt: skip
def test_refused_records(record: dict[str, object]) -> None:
    with pytest.raises(SealError):
        canonical(record)


def test_depth_is_bounded() -> None:
    record: dict[str, object] = {}
    for _ in range(100):
        record = {"a": record}
    with pytest.raises(SealError):
        canonical(record)
