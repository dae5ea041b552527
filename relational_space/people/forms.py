"""What people say of themselves: a name, and nothing else."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relational_space.people import actions
from relational_space.people.models import Person
from relational_space.people.names import MOST_LETTERS, clean


class NameField(forms.CharField):
    """A name as others will see it: text only, of up to forty letters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your name"))
        super().__init__(
            max_length=MOST_LETTERS,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={
                "required": _("Please say a name. Any that they know you by will do."),
                "max_length": _("Please use up to 40 letters."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """What can be seen of it; nothing, when there is nothing to see."""
        return clean(super().to_python(value) or "")


class NameForm(forms.Form):
    """How somebody would like to be called."""

    name = NameField()


class SignupForm(NameForm):
    """What allauth's sign-up by mail asks besides the address."""

    def signup(self, request: HttpRequest, person: Person) -> None:
        """Called once the person is there."""
        actions.rename(person, self.cleaned_data["name"])
