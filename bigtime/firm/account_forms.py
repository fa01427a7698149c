"""The sign-in package's forms in the words of the other pages: no title case, no placeholder that repeats a label."""

from __future__ import annotations

from typing import Any

from allauth.account import forms

WORDS = {
    "Email": "E-mail address",
    "Remember Me": "Remember me",
    "Current Password": "Current password",
    "New Password": "New password",
    "New Password (again)": "New password (again)",
}


class _InOurWords:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = WORDS.get(str(field.label), field.label)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_InOurWords, forms.LoginForm):
    pass


class AddEmailForm(_InOurWords, forms.AddEmailForm):
    pass


class ChangePasswordForm(_InOurWords, forms.ChangePasswordForm):
    pass


class ResetPasswordForm(_InOurWords, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_InOurWords, forms.ResetPasswordKeyForm):
    pass
