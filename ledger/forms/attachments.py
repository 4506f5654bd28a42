from typing import Any

from django import forms

from common.files import WORDS
from common.forms.fields import StyledFormMixin
from common.forms.uploads import ManyFilesField


class FilesForm(StyledFormMixin, forms.Form):
    files: Any = ManyFilesField(label="附件", help_text=f"{WORDS}，每个不超过 20 MB")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.style()
