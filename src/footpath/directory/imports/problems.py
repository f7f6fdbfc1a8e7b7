"""What can be wrong with a row, said in the reader's language when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

SENTENCES: dict[str, str] = {
    # the row as a whole
    "few_cells": gettext_noop(
        "The row has %(found)s cells and the header has %(wanted)s. Add the missing cells."
    ),
    "many_cells": gettext_noop(
        "The row has %(found)s cells and the header has %(wanted)s. "
        "Put quotation marks around a text that holds a comma."
    ),
    "empty_row": gettext_noop("The row is empty. Fill it in or delete it."),
    "incomplete": gettext_noop(
        "This cell is empty, but other rows name what lies below %(above)s. "
        "Fill it in or delete the row."
    ),
    # one cell
    "missing": gettext_noop("This cell is empty. Fill it in."),
    "missing_code": gettext_noop("The code is missing. Fill it in."),
    "missing_name": gettext_noop("The name is missing. Fill it in."),
    "blank": gettext_noop("This cell holds nothing but spaces. Fill it in."),
    "lost_sign": gettext_noop(
        "A letter was lost here (shown as “%(sign)s”). Type the text again and save as UTF-8."
    ),
    "control_sign": gettext_noop(
        "An invisible sign (%(sign)s) stands in this text. Type the text again."
    ),
    "too_long": gettext_noop(
        "The text has %(found)s characters; at most %(most)s are kept. Shorten it."
    ),
    "only_digits": gettext_noop("A name cannot be only digits. Type the name."),
    "code_shape": gettext_noop(
        "Codes of this kind have %(wanted)s digits in the rest of the file. Correct the code."
    ),
    "bad_date": gettext_noop("This is no date. Write it as 2026-03-31."),
    "bad_number": gettext_noop("This is no number between %(low)s and %(high)s. Correct it."),
    "bad_level": gettext_noop("This is no level of the map (%(known)s). Correct it."),
    "bad_tier": gettext_noop("There is no tier of this name. The tiers are: %(known)s."),
    "bad_choice": gettext_noop("This word is not known here. Use one of: %(known)s."),
    "ends_early": gettext_noop("The last day is before the first. Correct one of the two."),
    # kinds of place
    "unknown_type": gettext_noop(
        "No other row has this kind of place. Correct it; the rest of the file has: %(known)s."
    ),
    "type_against_name": gettext_noop(
        "The name “%(name)s” does not begin with this kind of place. Correct one of the two."
    ),
    "name_against_type": gettext_noop(
        "The name does not begin with its kind of place (%(kind)s) as the other names do. "
        "Correct one of the two."
    ),
    # between rows
    "twice": gettext_noop("This code already stands in row %(row)s. Correct it or delete the row."),
    "name_differs": gettext_noop(
        "%(code)s is called “%(name)s” in %(rows)s other rows. Use one name."
    ),
    "type_differs": gettext_noop(
        "%(code)s is of the kind “%(name)s” in %(rows)s other rows. Use one kind."
    ),
    "code_of_other": gettext_noop(
        "This row is about “%(name)s”, which has the code %(code)s in %(rows)s other rows. "
        "Correct the code."
    ),
    "two_parents": gettext_noop(
        "%(code)s lies in %(parent)s in %(rows)s other rows. A place lies in one place only."
    ),
    "two_tiers": gettext_noop(
        "This code belongs to a place of another tier (%(tier)s) in row %(row)s. Correct the code."
    ),
    "unknown_parent": gettext_noop(
        "No place has this code, neither in the file nor here. Correct it or add the place."
    ),
    "nobody_below": gettext_noop(
        "No row lies in this place, and %(rows)s rows lie in %(code)s, which no row has. "
        "Correct the code."
    ),
    "cycle": gettext_noop("The place would lie in itself (%(chain)s). Correct the code above it."),
    "not_nested": gettext_noop(
        "Codes begin with the code of the place above, but %(code)s does not begin with "
        "%(parent)s. Correct one of the two."
    ),
    "level_jump": gettext_noop(
        "A place of level %(level)s lies directly below level %(wanted)s, "
        "but %(parent)s is of level %(found)s. Correct it."
    ),
    "too_deep": gettext_noop("The tree may have %(most)s levels; this place would be below them."),
    # against what is already here
    "other_tier_here": gettext_noop(
        "This code already belongs to “%(name)s”, a place of the tier “%(tier)s”. Correct the code."
    ),
    "moved": gettext_noop(
        "The place lies in %(here)s here and in %(there)s in the file. "
        "Places are moved by a reorganisation, not by an import."
    ),
    # organizations and people
    "unknown_place": gettext_noop(
        "No place has this code. Import places first or correct the code."
    ),
    "unknown_organization": gettext_noop(
        "No organization has this code. Import organizations first or correct the code."
    ),
    "unknown_upper": gettext_noop(
        "No organization has this code, neither in the file nor here. Correct it or add it."
    ),
    "organization_cycle": gettext_noop(
        "The organization would stand under itself (%(chain)s). Correct the code above it."
    ),
    "person_differs": gettext_noop(
        "This person has “%(other)s” in row %(row)s. Use the same in all rows."
    ),
    "post_differs": gettext_noop(
        "The post “%(post)s” has “%(other)s” in row %(row)s. Use the same in all rows."
    ),
    "role_by_assignment": gettext_noop(
        "Officers are made by putting them in charge of a place, not by an import. "
        "Leave the role empty."
    ),
    "user_taken": gettext_noop("This user name belongs to %(name)s. Choose another."),
    "user_fixed": gettext_noop(
        "This person already signs in as %(name)s. User names are not changed by an import."
    ),
    "bad_user": gettext_noop("A user name has letters, digits and @ . + - _ only. Correct it."),
    "bad_email": gettext_noop("This is no e-mail address. Correct it."),
    "membership_twice": gettext_noop(
        "Row %(row)s already puts this person into this organization from that day. Delete one."
    ),
    # the file
    "no_header": gettext_noop("The file is empty: its first row has to name the columns."),
    "double_column": gettext_noop("Two columns have this name. Rename one of them."),
    "no_column": gettext_noop(
        "The file has no column of this name. It has: %(found)s. Rename a column or use a map."
    ),
    "no_rows": gettext_noop("The file has a header and no rows."),
    "encoding": gettext_noop(
        "Line %(line)s is not written in UTF-8. Save the file as “CSV UTF-8” and choose it again."
    ),
    "not_readable": gettext_noop("The file cannot be read as %(kind)s. Save it anew."),
    "kind_of_file": gettext_noop("Use a file that ends in .csv, .csv.gz or .xlsx."),
    "too_big": gettext_noop(
        "The file is larger than %(most)s MB. Divide it, or let an administrator use the command."
    ),
    "unpacks_too_big": gettext_noop(
        "The file unpacks to more than %(most)s MB. Divide it into smaller files."
    ),
    "no_map": gettext_noop(
        "No built-in map fits the columns of this file: %(found)s. Choose a map or rename columns."
    ),
    "unknown_map": gettext_noop("There is no map of this name. Built in are: %(known)s."),
    "bad_map": gettext_noop("The map cannot be used: %(reason)s"),
    "changed_since": gettext_noop(
        "The directory was changed since the check: check the file again."
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: the row as a spreadsheet numbers it (header 1, whole file 0), and where."""

    row: int
    column: str
    value: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, in the reader's language."""
        return gettext(SENTENCES[self.code]) % self.values

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it in the database; the words are chosen when it is shown."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value[:120],
            "code": self.code,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """Return the problem that ``as_json`` gave."""
        return cls(kept["row"], kept["column"], kept["value"], kept["code"], kept["values"])


class Unreadable(Exception):
    """The file as a whole cannot be used; it holds one Problem."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", **values: Any) -> None:
        self.problem = Problem(row, column, "", code, values)
        super().__init__(self.problem.message)
