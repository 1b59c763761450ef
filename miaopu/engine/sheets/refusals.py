"""Refusals of whole files: what is wrong, where, and what to do."""

from miaopu.engine.messages import Bilingual, EngineError


class SheetError(EngineError):
    """A file that is not read: it is damaged, hostile, too large, or no table."""


RESAVE = Bilingual(
    "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传",
    "open it with Excel or WPS, save it as .xlsx and upload that",
)
SPLIT = Bilingual("请拆成几个文件后分别上传", "split it into several files")
EXPORT_AGAIN = Bilingual(
    "请从原系统重新导出，或重新下载模板填写",
    "export it again, or fill in a fresh template",
)

HEADER_LINE = Bilingual(
    "请保留模板的表头行（例如“统一社会信用代码”“企业名称”），放在数据上方",
    "keep the template's line of titles above the data, such as 统一社会信用代码 and 企业名称",
)


def refuse(zh: str, en: str, remedy: Bilingual = RESAVE) -> SheetError:
    """The refusal in both languages."""
    return SheetError(Bilingual(zh, en), remedy)
