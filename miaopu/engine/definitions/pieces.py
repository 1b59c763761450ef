"""The pieces that packs and rules files share, as strict models, and their errors in words."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError, Path, key_of
from miaopu.engine.expressions.errors import did_you_mean
from miaopu.engine.facts import Fact, FactType
from miaopu.engine.messages import Bilingual

Model = TypeVar("Model", bound=BaseModel)
Level = Literal["central", "province", "city", "county"]


def _as_text(value: object) -> object:
    """A whole number where a code or an amount is text: its digits are what was meant."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_words(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


class Piece(BaseModel):
    """A part of a pack: unknown keys are errors, nothing is converted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Piece):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The text in `language` ("zh-hans", "en", …); anything but English reads Chinese."""
        return self.bilingual.in_language(language)

    @property
    def bilingual(self) -> Bilingual:
        """The text as the engine's messages carry it."""
        return Bilingual(self.zh, self.en)

    def __str__(self) -> str:
        return str(self.bilingual)


Words = Annotated[Text, BeforeValidator(_as_words)]
Written = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
Identifier = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[\w.\-]{1,64}$")]
FunctionName = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
RegionCode = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[0-9]{6}$")]
RegionPrefix = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^[0-9]{1,12}$")]


class FactPiece(Piece):
    """A fact that expressions may use."""

    type: FactType
    title: Words | None = None
    unit: Words | None = None
    codes: dict[str, Words] = Field(default_factory=dict)

    def fact(self, name: str) -> Fact:
        """The fact as expressions use it."""
        return Fact(
            name,
            self.type,
            self.title.bilingual if self.title else None,
            self.unit.bilingual if self.unit else None,
            {code: text.bilingual for code, text in self.codes.items()},
        )


class ValuePiece(Piece):
    """A value of a dated parameter: what it is from a day on, and where it is written."""

    start: date = Field(alias="from")
    value: Written
    unit: str | None = None
    clause: str | None = None

    @field_validator("value")
    @classmethod
    def _number_or_date(cls, value: str) -> str:
        parameter_value(value)
        return value


class ConditionPiece(Piece):
    """A condition: an expression (`when`), or a question that a person answers (`decide`)."""

    id: Identifier
    when: Written | None = None
    decide: Words | None = None
    title: Words | None = None
    clause: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "ConditionPiece":
        if (self.when is None) == (self.decide is None):
            raise refuse("写 when 或 decide 其中之一", "give either when or decide")
        return self


class PriorityPiece(Piece):
    """Points for those who come first."""

    id: Identifier | None = None
    when: Written
    points: int
    title: Words | None = None
    clause: str | None = None


class FunctionPiece(Piece):
    """A named function: an expression `means` in which the values of `takes` are filled in."""

    takes: tuple[FunctionName, ...] = Field(max_length=8)
    means: Written
    title: Words | None = None
    clause: str | None = None


Shares = dict[Level, Annotated[int, Field(ge=0)]]


def parameter_value(text: str) -> Decimal | date:
    """A parameter's value, a date or a number; raises PydanticCustomError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() > 15 or number != round(number, 12):
        raise refuse(
            "参数值应为数值或日期，不能引用别的参数",
            "a parameter is a number or a date, and refers to no other parameter",
        )
    return number


def refuse(zh: str, en: str) -> PydanticCustomError:
    """The error that a validator of a model raises."""
    return PydanticCustomError("refused", "{zh} / {en}", {"zh": zh, "en": en})


def validated(
    model: type[Model], data: object, documents: Mapping[str, Document]
) -> tuple[Model | None, list[PackError]]:
    """`data` as `model`, or its errors.

    `documents` has the document of every top-level key, of every entry of a key that is spread over
    files ("items.direct_subsidy"), and under "" the one to name where nothing better is known.
    """
    try:
        return model.model_validate_json(json.dumps(data, default=str)), []
    except ValidationError as error:
        return None, [
            _pack_error(model, details, documents) for details in error.errors(include_url=False)
        ]


def error_at(
    documents: Mapping[str, Document], path: Path, message: Bilingual, remedy: Bilingual
) -> PackError:
    """The error `message` at `path`, with the line of the nearest place that exists."""
    file, line = place_of(documents, path)
    return PackError(file, line, key_of(path), message, remedy)


def place_of(documents: Mapping[str, Document], path: Path) -> tuple[str, int]:
    """File and line of `path`, or of the nearest place above it."""
    keys = [".".join(str(part) for part in path[:length]) for length in (2, 1)]
    document = next((documents[key] for key in keys if key in documents), documents[""])
    for length in range(len(path), -1, -1):
        line = document.lines.get(path[:length])
        if line is not None:
            return document.file, line
    return document.file, 1


def _pack_error(
    model: type[BaseModel], details: ErrorDetails, documents: Mapping[str, Document]
) -> PackError:
    path = tuple(part for part in details["loc"] if part != "[key]")
    kind = details["type"]
    context: Mapping[str, Any] = details.get("ctx") or {}
    key = str(path[-1]) if path else ""
    if kind == "missing":
        message = Bilingual(f"缺少 {key}", f"{key} is missing")
        remedy = Bilingual(f"补上 {key}", f"add {key}")
    elif kind == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        message = Bilingual(f"不认识的键 {key}", f"unknown key {key}")
        remedy = did_you_mean(
            key, known, Bilingual(f"可用：{'、'.join(known)}", f"keys are {', '.join(known)}")
        )
        if details.get("input") is None and " " in key:
            remedy = Bilingual("含逗号的文本要加引号", "put a text with a comma in quotation marks")
    elif kind == "refused":
        message = Bilingual(str(context["zh"]), str(context["en"]))
        remedy = Bilingual("请改正", "correct it")
    elif kind in ("literal_error", "enum"):
        expected = str(context.get("expected", ""))
        found = str(details.get("input"))
        message = Bilingual(f"没有“{found[:40]}”这种取值", f"{found[:40]!r} is not allowed here")
        options = [option.strip(" '") for option in expected.replace(" or ", ",").split(",")]
        remedy = did_you_mean(
            found, options, Bilingual(f"可用：{expected}", f"use one of {expected}")
        )
    else:
        message = Bilingual(
            f"{_KINDS_ZH.get(kind, '值不符合要求')}：{_shown(details)}",
            f"{details['msg']}: {_shown(details)}",
        )
        remedy = _REMEDIES.get(kind, Bilingual("请核对这个值", "check this value"))
    return error_at(documents, path, message, remedy)


def _shown(details: ErrorDetails) -> str:
    return json.dumps(details.get("input"), ensure_ascii=False, default=str)[:60]


_KINDS_ZH: Mapping[str, str] = {
    "string_type": "应为文本",
    "string_too_short": "不能为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "写法不对",
    "int_type": "应为整数",
    "bool_type": "应为 true 或 false",
    "dict_type": "应为若干键值",
    "model_type": "应为若干键值",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
}
_REMEDIES: Mapping[str, Bilingual] = {
    "string_type": Bilingual("加上引号", "put it in quotation marks"),
    "model_type": Bilingual("写成键值，如 {zh: …, en: …}", "give keys, such as {zh: …, en: …}"),
    "dict_type": Bilingual("写成键值", "give keys with values"),
    "int_type": Bilingual("写整数，不加引号", "give a whole number without quotation marks"),
    "tuple_type": Bilingual("每项前加 -", "begin each entry with -"),
}


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at `path` below `model`."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)
    model_there = _model_in(annotation)
    if model_there is None:
        return []
    return [field.alias or name for name, field in model_there.model_fields.items()]


def _below(annotation: Any, part: str | int) -> Any:
    model = _model_in(annotation)
    if model is not None:
        for name, field in model.model_fields.items():
            if part == (field.alias or name):
                return field.annotation
        return None
    for inner in (annotation, *get_args(annotation)):
        arguments = get_args(inner)
        if get_origin(inner) is dict:
            return arguments[1]
        if get_origin(inner) is tuple:
            return arguments[0]
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for inner in (annotation, *get_args(annotation)):
        if isinstance(inner, type) and issubclass(inner, BaseModel) and get_origin(inner) is None:
            if inner is annotation or get_origin(annotation) not in (dict, tuple):
                return inner
    return None
