"""Handing out files that somebody handed in: always as an attachment, never shown inline."""

from __future__ import annotations

import io
import logging
import unicodedata

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

from miaopu.cases.models import CaseFile
from miaopu.core.actions import TABLE_TYPES
from miaopu.core.models import File

logger = logging.getLogger(__name__)
LONGEST_NAME = 120


def safe_name(name: str, extension: str) -> str:
    """A file name for the reader's computer: no paths, no invisible signs, and the real suffix.

    What the content is decides the suffix: a picture called `proof.exe` becomes `proof.exe.png`.
    """
    visible = "".join(
        sign for sign in name if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    plain = visible.replace("\\", "/").rsplit("/", 1)[-1].strip(" .") or "file"
    stem, _dot, suffix = plain.rpartition(".")
    known = {"jpg": ("jpg", "jpeg")}.get(extension, (extension,))
    if stem and suffix.lower() in known:
        return f"{stem[:LONGEST_NAME]}.{extension}"
    return f"{plain[:LONGEST_NAME]}.{extension}"


def made_response(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file that was made for this reader, as a download that nobody keeps on the way."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def file_response(case_file: CaseFile) -> FileResponse:
    """A case's file as a download; see `download`."""
    return download(case_file.file, case_file.name)


def download(file: File, name: str) -> FileResponse:
    """The file as a download called `name`. The caller has proved that the user may have it.

    Raises Http404 where the content is not on the disk any more (and logs it: that is our fault).
    """
    try:
        content = default_storage.open(file.storage_name)
    except FileNotFoundError as error:
        logger.exception("the content of file %s is missing", file.sha256)
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=safe_name(name, file.extension),
        content_type=file.media_type,
    )
    return _closed(response)


def content_response(content: bytes, name: str, extension: str) -> FileResponse:
    """A file made for this request as a download."""
    response = FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=safe_name(name, extension),
        content_type=TABLE_TYPES.get(extension, "application/octet-stream"),
    )
    return _closed(response)


def _closed(response: FileResponse) -> FileResponse:
    """Nothing in a download is shown or run inside the site."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
