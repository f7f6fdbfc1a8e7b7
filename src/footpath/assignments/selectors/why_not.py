"""Why somebody does not lead a place in a plan, rule by rule with its source."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from footpath.assignments import explaining, planning
from footpath.assignments.models import (
    Absence,
    Conflict,
    Plan,
)
from footpath.assignments.selectors.proposal import declared
from footpath.core import formats, tree
from footpath.core.errors import NotThere
from footpath.directory.models import Area, Organization, Person
from footpath.planning.assignment.problem import AssignmentProblem, Officer, Rule


def why_not(plan: Plan, *, person: Person, area: Area) -> list[str]:
    """Return why somebody does not lead a place in the plan, rule by rule with its source.

    An officer whom no rule keeps away: how much they lead already. Somebody who was not among the
    officers is told so. NotThere for a place outside the plan.
    """
    row = Plan.objects.filter(pk=plan.pk).values_list("problem", "reasons").first()
    if row is None or not row[0] or not row[1]:
        raise NotThere
    problem, reasons = planning.unpacked(bytes(row[0])), planning.unpacked_reasons(bytes(row[1]))
    officer = next((one for one in problem.officers if one.id == str(person.pk)), None)
    if officer is None or str(area.pk) not in reasons.places:
        return [
            _("%(officer)s works for no organization whose officers take these places.")
            % {"officer": person.name}
        ]
    line, column = reasons.officers.index(officer.id), reasons.places.index(str(area.pk))
    mask = int(reasons.rules[line, column])
    if not mask:
        return [_no_rule(plan, person, area)]
    facts = _Facts(plan, problem, officer, person, area)
    return [facts.sentence(rule) for rule in explaining.rules_in(mask)]


def _no_rule(plan: Plan, person: Person, area: Area) -> str:
    load = next((row for row in plan.loads if int(row["officer"]) == person.pk), None)
    if plan.lines.filter(area=area, lead=person).exists():
        return _("%(officer)s leads %(place)s in this plan.") % {
            "officer": person.name,
            "place": area.short_name,
        }
    if load is not None and load["places"] >= load["capacity"]:
        return _(
            "No rule keeps %(officer)s away, but all places are taken: %(places)s of %(most)s."
        ) % {"officer": person.name, "places": load["places"], "most": load["capacity"]}
    return _(
        "No rule keeps %(officer)s away. The plan found somebody who suits the policy better; "
        "pin %(officer)s here to see what changes."
    ) % {"officer": person.name}


@dataclass(frozen=True)
class _Facts:
    """What is known of an officer and a place, to say why not."""

    plan: Plan
    problem: AssignmentProblem
    officer: Officer
    person: Person
    area: Area

    def sentence(self, rule: Rule) -> str:
        """Return one rule as a sentence, with where it is known from."""
        name = "FULL" if rule == Rule.BOUND and not self.officer.bound else str(rule.name)
        return explaining.excluded(name, self.person.name, self._source(rule))

    def _source(self, rule: Rule) -> str:
        ask = {
            Rule.RELATIVES: self._relatives,
            Rule.HOME: self._home,
            Rule.TERM: self._term,
            Rule.AWAY: self._absence,
            Rule.BOUND: self._bound,
            Rule.DEPARTMENT: self._organization,
            Rule.REACH: self._organization,
            Rule.PIN: self._pins,
        }.get(rule)
        return ask() if ask is not None else ""

    def _relatives(self) -> str:
        return self._conflict(Conflict.Kind.RELATIVES) or self._conflict(Conflict.Kind.HOME)

    def _home(self) -> str:
        return self._conflict(Conflict.Kind.HOME) or _("home as the directory has it")

    def _term(self) -> str:
        since = self.officer.since.get(str(self.area.pk))
        if since is None:
            return ""
        return _("since %(day)s, the limit is %(years)s years") % {
            "day": formats.day_year(since),
            "years": self.problem.policy.term_limit_years or 0,
        }

    def _bound(self) -> str:
        return "" if self.officer.bound else _("full with places outside this plan")

    def _organization(self) -> str:
        row = Organization.objects.filter(pk=int(self.officer.department or 0)).first()
        return row.name if row is not None else ""

    def _pins(self) -> str:
        pins = self.plan.pins.filter(area=self.area, noted=False).select_related("by", "person")
        return "; ".join(_("pinned by %(person)s") % {"person": pin.by.name} for pin in pins)

    def _conflict(self, kind: str) -> str:
        rows = Conflict.objects.filter(person=self.person, kind=kind, ended_on=None)
        near = tree.within(self.area.path, column="area__path")
        row = rows.filter(near | Q(area__in=self.area.ancestor_ids)).order_by("declared_on").first()
        return declared(row) if row is not None else ""

    def _absence(self) -> str:
        row = (
            Absence.objects.in_force(self.problem.start)
            .filter(person=self.person)
            .order_by("start")
            .first()
        )
        if row is None:
            return ""
        return _("from %(start)s to %(until)s") % {
            "start": formats.day_year(row.start),
            "until": formats.day_year(row.until),
        }
