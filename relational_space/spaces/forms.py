"""What people fill in at doors and about spaces: names, terms, and nothing private."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from relational_space.people.forms import NameField
from relational_space.practice.practice import in_language
from relational_space.spaces.actions import COIN, Terms
from relational_space.spaces.calendars import Every
from relational_space.spaces.models import Kind, Seating
from relational_space.spaces.practices import BY_DEFAULT, shelf

Choices = list[tuple[str, str]]


def practice_choices() -> list[tuple[str, str | Choices]]:
    """What can be sat here, by title; what comes first unless something else is chosen, first.

    What is for later stands under a heading of its own.
    """
    language = get_language() or "en"
    now: Choices = []
    later: Choices = []
    for each in shelf().to_sit():
        title = in_language(each.title, language)
        if each.gate:
            title = gettext("{practice} (a phone each)").format(practice=title)
        (later if each.later else now).append((each.name, title))
    now.sort(key=lambda choice: choice[0] != BY_DEFAULT)
    return [*now, (gettext("For later"), later)] if later else [*now]


class TermsForm(forms.Form):
    """What is practised, who leads first, and where the two are."""

    practice = forms.ChoiceField(label=_("Practice"), choices=practice_choices)
    seating = forms.ChoiceField(
        label=_("Where are you?"),
        choices=[
            (Seating.BESIDE, _("in one room")),
            (Seating.APART, _("in two places, each with a device")),
        ],
        initial=Seating.BESIDE,
        required=False,
    )
    first = forms.ChoiceField(
        label=_("Where it takes turns, who goes first?"),
        choices=[(COIN, _("a coin decides")), ("one", _("I do")), ("other", _("the other"))],
        initial=COIN,
        required=False,
    )
    song = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_songs = [each for each in shelf().to_sit() if each.can_use_songs]
        language = get_language() or "en"
        titles = ", ".join(in_language(each.title, language) for each in with_songs)
        self.fields["song"].label = gettext(
            "One song each, which you play yourselves ({practices})"
        ).format(practices=titles)

    def terms(self) -> Terms:
        """What was chosen, with what was left out as it usually is."""
        chosen = self.cleaned_data
        return Terms(
            practice=chosen["practice"],
            first=chosen["first"] or COIN,
            song=chosen["song"],
            seating=Seating(chosen["seating"] or Seating.BESIDE),
        )


class ComeForm(forms.Form):
    """A name to be known by at the door."""

    name = NameField(label=_("Your name, as they know you"))


class WordsForm(ComeForm):
    """Three words that somebody said, and a name."""

    words = forms.CharField(
        label=_("The three words"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("words", "name")


class KeepForm(forms.Form):
    """What this person would call the bond, and the name that they are known by there."""

    name = NameField(label=_("Your name, as they will see it"))
    kind = forms.ChoiceField(
        label=_("What are they to you? Only you see this."),
        choices=Kind.choices,
        initial=Kind.FRIEND,
        widget=forms.RadioSelect,
    )


def _in_a_week() -> date:
    return timezone.localdate() + timedelta(days=7)


class RhythmForm(forms.Form):
    """How often, and from when: for one file, and kept nowhere."""

    every = forms.ChoiceField(
        label=_("How often?"),
        choices=Every.choices,
        initial=Every.WEEK,
        widget=forms.RadioSelect,
    )
    first = forms.DateField(
        label=_("The first day"),
        initial=_in_a_week,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        required=False,
    )
    at = forms.TimeField(
        label=_("At what time?"),
        initial=time(19),
        widget=forms.TimeInput(attrs={"type": "time", "autocomplete": "off"}, format="%H:%M"),
        required=False,
    )

    def clean_first(self) -> date:
        """A day within a year; somebody's yesterday may be this machine's today."""
        first: date = self.cleaned_data["first"] or _in_a_week()
        if not timedelta(days=-1) <= first - timezone.localdate() <= timedelta(days=366):
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return first

    def begins(self) -> datetime:
        """The first time, by whatever clock the calendar has."""
        return datetime.combine(self.cleaned_data["first"], self.cleaned_data["at"] or time(19))
