"""The form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.core.formats import file_size
from footpath.directory.imports import mapping
from footpath.directory.models import ImportRun

ENDINGS = (".csv", ".csv.gz", ".xlsx")


def _too_big() -> str:
    size = file_size(settings.IMPORT_MAX_BYTES)
    return _("The file is larger than %(size)s. Divide it into smaller files.") % {"size": size}


class ImportForm(forms.Form):
    """What the file holds, the file, and for places the map."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the file holds"),
        choices=ImportRun.Kind.choices,
        initial=ImportRun.Kind.AREAS,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A .csv, .csv.gz or .xlsx file whose first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ",".join([*ENDINGS, ".gz"])}),
    )
    map = forms.ChoiceField(
        label=gettext_lazy("Map of the columns"),
        required=False,
        help_text=gettext_lazy("Only for places. Usually found from the first row."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, name) for name in mapping.built_in()]
        self.fields["map"].choices = [  # type: ignore[attr-defined]
            ("", _("Find it from the first row")),
            *names,
        ]
        self.fields["file"].widget.attrs |= {
            "data-max-bytes": str(settings.IMPORT_MAX_BYTES),
            "data-too-big": lazy(_too_big, str)(),
        }

    def clean_file(self) -> Any:
        """Return the file when its ending and size are fit; ValidationError says what is not."""
        upload = self.cleaned_data["file"]
        if not upload.name.lower().endswith(ENDINGS):
            raise forms.ValidationError(_("Use a file that ends in .csv, .csv.gz or .xlsx."))
        if upload.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(_too_big())
        return upload
