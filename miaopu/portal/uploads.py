"""What people hand in."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused


def content_of(upload: UploadedFile) -> bytes:
    """The whole file. Raises ActionRefused where it is larger than files may be."""
    content: bytes = upload.read(settings.FILE_MAX_BYTES + 1)
    if len(content) > settings.FILE_MAX_BYTES:
        raise ActionRefused(_("文件超过 20 MB"), _("请压缩或拆分后再上传"))
    return content
