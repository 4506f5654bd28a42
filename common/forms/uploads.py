"""A form field for several files (Django's own takes one)."""

from typing import Any

from django import forms

from common.files import CheckedFile, check_upload


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, each checked; cleans to a list of CheckedFile."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFilesInput(attrs={"multiple": True}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        kept = [one for one in initial or [] if isinstance(one, CheckedFile)]  # chosen before, and still wanted
        if not given and not kept and self.required:
            raise forms.ValidationError("请至少上传一个文件")
        errors, checked = [], kept
        for file in given:
            try:
                checked.append(check_upload(file))
            except forms.ValidationError as error:
                errors.extend(error.error_list)
        if errors:
            raise forms.ValidationError(errors)
        return list({(one.name, one.sha256): one for one in checked}.values())
