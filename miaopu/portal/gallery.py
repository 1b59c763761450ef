"""The gallery: which components there are, and what their own files say about them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

COMPONENTS = Path(__file__).resolve().parent / "templates" / "cotton"


@dataclass(frozen=True)
class Entry:
    """A component in the gallery: its file's name and its title."""

    name: str
    title: Any

    @property
    def template(self) -> str:
        """The template that shows the component in all its states."""
        return f"gallery/states/{self.name}.html"

    @property
    def tag(self) -> str:
        """The component's tag."""
        return f"c-{self.name.replace('_', '-')}"

    @property
    def usage(self) -> str:
        """What the component's own file says about it."""
        return usage_of(self.name)


ENTRIES = (
    Entry("figure", _("数字")),
    Entry("clause", _("条款")),
    Entry("reasons", _("理由")),
    Entry("clock", _("时限")),
    Entry("progress", _("进度")),
    Entry("trail", _("办理记录")),
    Entry("page_head", _("页首")),
    Entry("button", _("按钮")),
    Entry("field", _("填写项")),
    Entry("error_summary", _("错误汇总")),
    Entry("task_list", _("任务清单")),
    Entry("check_answers", _("核对填写内容")),
    Entry("timeline", _("办理阶段")),
    Entry("empty", _("空状态")),
    Entry("tag", _("状态标签")),
    Entry("table", _("表格")),
    Entry("chart", _("图表")),
    Entry("pagination", _("分页")),
    Entry("notice", _("提示")),
    Entry("money", _("金额")),
    Entry("filters", _("筛选")),
    Entry("summary_card", _("摘要卡")),
    Entry("receipt", _("回执")),
    Entry("job", _("后台任务")),
    Entry("print_only", _("仅打印")),
    Entry("marked", _("命中标记")),
    Entry("breadcrumb", _("所在位置")),
    Entry("language_switch", _("语言切换")),
    Entry("care_switch", _("关怀版切换")),
    Entry("dialog", _("对话框")),
)


@cache
def usage_of(name: str) -> str:
    """The comment that opens a component's file: what for, arguments, example."""
    text = (COMPONENTS / f"{name}.html").read_text(encoding="utf-8")
    return text.partition("{% comment %}")[2].partition("{% endcomment %}")[0].strip()
