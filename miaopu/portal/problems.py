"""What the API answers where it cannot answer: the same words as the pages, in both languages."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from miaopu.engine.messages import Bilingual

JSON = "application/json; charset=utf-8"
PREFIX = "/api/v1/"

_PROBLEMS = {
    400: (
        "bad_request",
        Bilingual("请求无法理解", "The request cannot be understood"),
        Bilingual("请核对地址和参数", "Check the address and its parameters"),
    ),
    401: (
        "not_signed_in",
        Bilingual("需要有效的令牌或登录", "A valid token or sign-in is needed"),
        Bilingual(
            "请在“接口令牌”页面新建令牌，放入 Authorization: Bearer 请求头",
            "Make a token on the page “API tokens”, send it as Authorization: Bearer",
        ),
    ),
    403: (
        "not_allowed",
        Bilingual("您的角色不能这样做", "Your role does not allow this"),
        Bilingual("如有需要请联系系统管理员", "Ask the system administrator if you need it"),
    ),
    404: (
        "not_found",
        Bilingual("没有找到，或不在您的权限范围内", "Not found, or not in your scope"),
        Bilingual("请核对地址、编号和角色", "Check the address, the number and your role"),
    ),
    405: (
        "read_only",
        Bilingual("接口只供读取", "The API is read-only"),
        Bilingual("请使用 GET", "Use GET"),
    ),
    422: (
        "wrong_parameter",
        Bilingual("参数不正确", "A parameter is wrong"),
        Bilingual("请按 /api/v1/openapi.json 填写", "See /api/v1/openapi.json for what it takes"),
    ),
    500: (
        "our_fault",
        Bilingual("系统出错，我们已记录", "Something failed on our side; it is logged"),
        Bilingual("请稍后再试", "Please try again later"),
    ),
}


def is_api(request: HttpRequest) -> bool:
    """Whether the request came to the API, so that even its errors are JSON."""
    return request.path.startswith(PREFIX)


def problem(status: int, parameters: list[dict[str, str]] | None = None) -> HttpResponse:
    """The answer with this status; `parameters` names those that are wrong."""
    code, message, remedy = _PROBLEMS[status]
    error: dict[str, Any] = {
        "code": code,
        "message": message.to_json(),
        "remedy": remedy.to_json(),
        "parameters": parameters or [],
    }
    response = HttpResponse(orjson.dumps({"error": error}), content_type=JSON, status=status)
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="miaopu"'
    if status == 405:
        response["Allow"] = "GET"
    return response
