"""Unified social credit codes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaopu.engine.reference import regions
from miaopu.engine.uscc import ALPHABET, SERIAL_MAX, CodeError, check, is_sound, make, normalise

VALID = ("91350100M000100Y43", "91440300708461136T", "91110000710935732K", "91330100799655058B")
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_sign(body: str) -> str:
    """GB 32100: weights are the powers of 3 modulo 31."""
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return ALPHABET[-total % 31]


def org_sign_fits(code: str) -> bool:
    total = sum(int(sign, 36) * w for sign, w in zip(code[8:16], ORG_WEIGHTS, strict=True))
    return code[16] == "0123456789X"[-total % 11]


@pytest.mark.parametrize("code", VALID)
def test_valid(code: str) -> None:
    result = check(code)
    assert (result.code, result.valid, result.reason) == (code, True, None)


def test_organisation_sign_is_kept_by_the_known_codes_but_not_enforced() -> None:
    assert all(map(org_sign_fits, VALID))
    body = "91350100M000100Y5"
    code = body + check_sign(body)
    assert not org_sign_fits(code)
    assert check(code).valid


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91350100M000100Y4Z", "Z"),
        ("91310115MA1H8R7C6D", "check sign"),
        ("000000000000000000", "zeros"),
        ("", "0 found"),
        ("9135010", "7 found"),
        ("91350100M000100Y433", "19 found"),
        ("91350100I000100Y43", "not allowed: I"),
        ("91350100M00010OY43", "not allowed: O"),
        ("9135010贵M000100Y43", "贵"),
        ("91350100M000100Y44", "check sign"),
        ("91ABCDEFM000100Y43", "no region ABCDEF"),
    ],
)
def test_refused(code: str, says: str) -> None:
    result = check(code)
    assert not result.valid
    assert result.reason is not None and says in result.reason.en and result.reason.zh


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("91990100M000100Y4", "no region 990100"),
        ("91100001M000100Y4", "no region 100001"),
        ("91000000M000100Y4", "no region 000000"),
        ("01350100M000100Y4", "department 0"),
    ],
)
def test_refused_although_the_check_sign_fits(body: str, says: str) -> None:
    result = check(body + check_sign(body))
    assert result.reason is not None and says in result.reason.en


@pytest.mark.parametrize(
    "body", ["91100000100003962", "91359999M000100Y4", "N1520102MA6DN3T17", "91710100M000100Y4"]
)
def test_national_register_unknown_county_and_other_departments(body: str) -> None:
    assert check(body + check_sign(body)).valid


@pytest.mark.parametrize(
    "written",
    ["９１３５０１００Ｍ０００１００Ｙ４３", "91350100m000100y43", " 91 350100-M000100Y4 3 "],
)
def test_normalised_first(written: str) -> None:
    assert normalise(written) == VALID[0]
    assert check(written).valid


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_has_an_answer(text: str) -> None:
    result = check(text)
    assert result.valid == (result.reason is None)


@settings(deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_found(code: str, place: int, sign: str) -> None:
    changed = code[:place] + sign + code[place + 1 :]
    assert check(changed).valid == (changed == code)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(regions())),
    st.sampled_from(("91", "92", "93", "51", "12", "N1")),
    st.integers(0, SERIAL_MAX),
)
def test_made_codes_are_valid(region: str, kind: str, serial: int) -> None:
    code = make(kind[0], kind[1], region, serial)
    assert check(code).valid
    assert code[-1] == check_sign(code[:-1])
    assert org_sign_fits(code)
    assert code[:8] == kind + region


@settings(deadline=None)
@given(
    st.integers(0, SERIAL_MAX).map(lambda serial: make("9", "1", "520102", serial)),
    st.integers(0, 17),
    st.sampled_from(ALPHABET + "IOZSV i-９\n"),
)
def test_the_quick_look_agrees(code: str, place: int, sign: str) -> None:
    assert is_sound(code)
    changed = code[:place] + sign + code[place + 1 :]
    result = check(changed)
    assert is_sound(changed) == (result.valid and result.code == changed)
    for other in (code[:-1], code + sign, sign + code, code.lower(), ""):
        assert not is_sound(other)


def test_made_codes_differ() -> None:
    assert len({make("9", "1", "520102", serial) for serial in range(5000)}) == 5000


@pytest.mark.parametrize(
    ("department", "kind", "region", "serial"),
    [
        ("9", "1", "520102", -1),
        ("9", "1", "520102", SERIAL_MAX + 1),
        ("9", "1", "990000", 1),
        ("9", "1", "5201", 1),
        ("91", "1", "520102", 1),
        ("I", "1", "520102", 1),
        ("0", "1", "520102", 1),
    ],
)
def test_parts_refused(department: str, kind: str, region: str, serial: int) -> None:
    with pytest.raises(CodeError):
        make(department, kind, region, serial)
