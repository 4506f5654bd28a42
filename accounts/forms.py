from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "工号或密码不对，请重新输入。连续输错 5 次将锁定 30 分钟。",
        "inactive": "工号或密码不对，请重新输入。连续输错 5 次将锁定 30 分钟。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "工号"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
