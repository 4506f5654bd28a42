from typing import Any

from django import forms

from common.forms.fields import StyledFormMixin
from common.forms.uploads import ManyFilesInput
from imports.models import ImportKind
from imports.reading.limits import LARGEST
from imports.resources.kinds import RESOURCES

MAX_FILES = 50


class WorkbooksField(forms.FileField):
    """Any number of workbooks; each is looked at by the service, so that one bad file doesn't hide the others."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not given:
            raise forms.ValidationError("请选择要导入的文件")
        if len(given) > MAX_FILES:
            raise forms.ValidationError(f"一次最多 {MAX_FILES} 个文件，请分批上传或打包成 .zip")
        return given


class UploadForm(StyledFormMixin, forms.Form):
    kind = forms.ChoiceField(label="种类", choices=[("", "请选择"), *ImportKind.choices])
    files: Any = WorkbooksField(
        label="文件",
        widget=ManyFilesInput(attrs={"multiple": True, "accept": ",".join(LARGEST)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()
        self.fields["files"].widget.attrs["class"] = "visually-hidden"


class SynonymForm(StyledFormMixin, forms.Form):
    field = forms.ChoiceField(label="列")
    words = forms.CharField(label="还叫作", max_length=100, help_text="表头里的写法；空格、标点和括号里的单位不计较")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(name, column.column_name) for name, column in RESOURCES[kind].columns().items()]
        self.fields["field"] = forms.ChoiceField(label="列", choices=[("", "请选择"), *columns])
        self.style()
