"""What is typed into the forms of the library, made into clean values."""

from footpath.knowledge.forms.deeds import FORMS, AdoptForm, AssessForm
from footpath.knowledge.forms.fields import LibraryForm, unit_named
from footpath.knowledge.forms.writing import AnswerForm, PracticeForm, RegulationForm

__all__ = [
    "FORMS",
    "AdoptForm",
    "AnswerForm",
    "AssessForm",
    "LibraryForm",
    "PracticeForm",
    "RegulationForm",
    "unit_named",
]
