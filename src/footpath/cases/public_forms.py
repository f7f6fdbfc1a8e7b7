"""What people without an account type into forms, made into clean values."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases.forms import files_field
from footpath.cases.models import Category, Reporter
from footpath.cases.rules import questions
from footpath.cases.rules.questions import Datatype, Question
from footpath.cases.services.reporting import LONGEST

BEFORE = "q_"


class ReportForm(forms.Form):
    """A problem, told by anybody, and how the answer reaches them if they want one."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    latitude = forms.FloatField(
        widget=forms.HiddenInput, required=False, min_value=-90, max_value=90
    )
    longitude = forms.FloatField(
        widget=forms.HiddenInput, required=False, min_value=-180, max_value=180
    )
    anyway = forms.BooleanField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("What is wrong, in one line"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in one line what is wrong.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What else helps"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    address = forms.CharField(
        label=gettext_lazy("Where exactly"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For example: by the second bridge, opposite the school."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        required=False,
        help_text=gettext_lazy(
            "For the answer. Without it you get a code with which you find your report again."
        ),
        error_messages={"invalid": gettext_lazy("This is no e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Your telephone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    is_confidential = forms.BooleanField(
        label=gettext_lazy("Keep my name confidential"),
        required=False,
        help_text=gettext_lazy(
            "Then one person alone may read who you are: whoever is in charge of the place above."
        ),
    )
    # People do not see this field; programs that fill in everything do.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("client_key", uuid4())
        super().__init__(*args, **kwargs)
        self.fields["files"] = files_field()
        self.questions = category.asked
        for question in self.questions:
            if question.variable:
                self.fields[BEFORE + question.code] = field_of(question)

    @property
    def asked(self) -> list[forms.BoundField]:
        """Return the fields of the category's questions, in their order."""
        return [self[BEFORE + asked.code] for asked in self.questions if asked.variable]

    @property
    def told(self) -> list[str]:
        """Return the texts among the questions that are only to be read."""
        return [asked.description for asked in self.questions if not asked.variable]

    def clean_website(self) -> str:
        """Refuse what only a program fills in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        """Return the values with ``answers`` to the questions as they are kept."""
        values = dict(super().clean() or self.cleaned_data)
        given = {
            name.removeprefix(BEFORE): value if isinstance(value, list) else [str(value or "")]
            for name, value in values.items()
            if name.startswith(BEFORE)
        }
        values["answers"], problems = questions.check(self.questions, given)
        words = {
            "missing": _("Answer this question."),
            "long": _("This answer is too long."),
        }
        for problem in problems:
            field = BEFORE + problem.code
            if field in self.fields and field not in self.errors:
                self.add_error(
                    field, words.get(problem.reason, _("This answer cannot be understood."))
                )
        return values


def field_of(question: Question) -> forms.Field:
    """Return the field that asks a question; whether the answer fits is checked by the rules."""
    about: dict[str, Any] = {
        "label": question.label,
        "required": question.required,
        "help_text": question.datatype_description,
        "error_messages": {"required": _("Answer this question.")},
    }
    if question.datatype == Datatype.ONE:
        empty = [] if question.required else [("", _("No answer"))]
        return forms.ChoiceField(choices=[*empty, *question.values], **about)
    if question.datatype == Datatype.SEVERAL:
        return forms.MultipleChoiceField(
            choices=question.values, widget=forms.CheckboxSelectMultiple, **about
        )
    if question.datatype == Datatype.TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **about)
    if question.datatype == Datatype.NUMBER:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **about)
    if question.datatype == Datatype.DATETIME:
        return forms.CharField(widget=forms.DateInput(), **about)
    return forms.CharField(**about)


class CodeForm(forms.Form):
    """The code of a receipt, however it is typed."""

    code = forms.CharField(
        label=gettext_lazy("The code of your receipt"),
        max_length=40,
        help_text=gettext_lazy(
            "Twelve letters and digits. Spaces and small letters do not matter."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class WordForm(forms.Form):
    """What the reporter adds."""

    text = forms.CharField(
        label=gettext_lazy("What you want to say"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write what you want to say.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = files_field()


class FixedForm(forms.Form):
    """Is it fixed?"""

    answer = forms.ChoiceField(
        label=gettext_lazy("Is it fixed?"),
        choices=Reporter.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three answers.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What is still wrong"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    no_more = forms.BooleanField(
        label=gettext_lazy("Do not ask me again, and send me nothing more"), required=False
    )
