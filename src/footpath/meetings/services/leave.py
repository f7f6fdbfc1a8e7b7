"""Leave from a meeting: ask, answer as deputy, withdraw, decide. Source: S2.2."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import notices, rules, selectors
from footpath.meetings.models import Duty, Leave, Meeting
from footpath.meetings.services.expecting import refuse_clash, settle_elsewhere
from footpath.meetings.services.values import line, lock_people, refuse_unless


@transaction.atomic
def ask_leave(
    *, duty: Duty, reason: str, by: Person, at: datetime, deputy: Person | None = None
) -> Leave:
    """Ask for leave from a meeting, with a reason and, if there is one, a deputy; return it.

    The same asked again gives the first one back. Raises InvalidValue without a reason or for
    oneself as deputy, ExpectedElsewhere when the deputy is not free, RuleBroken once the meeting
    has begun, when another leave of the duty waits or was granted, and when a mark is known.
    """
    meeting = duty.meeting
    require(by, "meetings.ask_leave", duty)
    _refuse_after_beginning(meeting, at)
    reason = line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why you cannot come."), field="reason")
    if deputy is not None and deputy.pk == duty.person_id:
        raise InvalidValue(_("Name somebody else as deputy."), field="deputy")
    # One deed about these people at a time, so that a form sent twice finds the first leave.
    lock_people({duty.person_id} | ({deputy.pk} if deputy else set()))
    already = Leave.objects.filter(duty=duty, state__in=rules.OPEN_LEAVE).first()
    if already is not None:
        if (already.reason, already.deputy_id) == (reason, deputy.pk if deputy else None):
            return already
        raise RuleBroken(
            _("You have already asked for leave from this meeting. Withdraw it first.")
        )
    known = Duty.objects.values_list("attendance", flat=True).get(pk=duty.pk)
    if known != rules.Attendance.UNKNOWN:
        raise RuleBroken(_("What became of this duty is already noted."))
    if deputy is not None:
        refuse_clash([deputy.pk], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])
    leave = Leave.objects.create(duty=duty, reason=reason, deputy=deputy, asked_at=at)
    audit.record(
        "leave.asked", by=by, subject=meeting, at=at, after=_kept(leave) | {"reason": reason}
    )
    notices.tell(
        selectors.deciders_of(leave, at=at),
        "leave.asked",
        meeting,
        at=at,
        key=str(leave.pk),
        values={"person": duty.person.name, "reason": reason},
        url=selectors.decide_url(leave),
    )
    if deputy is not None:
        notices.tell(
            [deputy],
            "leave.deputy_asked",
            meeting,
            at=at,
            key=str(leave.pk),
            values={"person": duty.person.name},
            url=selectors.answer_url(leave),
        )
    return leave


@transaction.atomic
def answer_leave(*, leave: Leave, comes: bool, by: Person, at: datetime) -> None:
    """Say as deputy whether one comes instead; the same answer again changes nothing.

    After leave is granted a yes puts the deputy on the list, a no takes them off it again. Raises
    NotAllowed for anybody else, ExpectedElsewhere when the deputy must be in another meeting then,
    RuleBroken once the meeting has begun, StaleState when the leave was refused or withdrawn.
    """
    duty, meeting = leave.duty, leave.duty.meeting
    if leave.deputy_id != by.pk:
        raise NotAllowed(_("Somebody else was asked to come instead."))
    _refuse_after_beginning(meeting, at)
    answer = rules.Answer.YES if comes else rules.Answer.NO
    lock_people([duty.person_id, by.pk])
    _read_again(leave)
    if leave.answer == answer:
        return
    before = _kept(leave)
    if comes:
        refuse_clash([by.pk], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])
    changed = Leave.objects.filter(
        pk=leave.pk, state=leave.state, answer=leave.answer, state__in=rules.OPEN_LEAVE
    ).update(answer=answer, answered_at=at)
    if not changed:
        raise StaleState(_("This leave was refused or withdrawn in the meantime."))
    leave.answer, leave.answered_at = Leave.Answer(answer), at
    if leave.state == rules.LeaveState.GRANTED:
        _write_mark(leave)
        settle_elsewhere([by.pk])
    audit.record("leave.answered", by=by, subject=meeting, at=at, before=before, after=_kept(leave))
    notices.tell(
        [duty.person],
        "leave.deputy_comes" if comes else "leave.deputy_cannot",
        meeting,
        at=at,
        key=f"{leave.pk}:{at.isoformat()}",
        values={"person": by.name},
        url=selectors.leave_url(duty),
    )


@transaction.atomic
def withdraw_leave(*, leave: Leave, by: Person, at: datetime) -> None:
    """Take one's leave back, also after it was granted: the person is expected again.

    Twice changes nothing. Raises RuleBroken once the meeting has begun or the leave was refused,
    ExpectedElsewhere when the person is expected in another meeting by now.
    """
    duty, meeting = leave.duty, leave.duty.meeting
    require(by, "meetings.ask_leave", duty)
    if leave.state == rules.LeaveState.WITHDRAWN:
        return
    _refuse_after_beginning(meeting, at)
    lock_people({duty.person_id} | ({leave.deputy_id} if leave.deputy_id else set()))
    _read_again(leave)
    if leave.state == rules.LeaveState.WITHDRAWN:
        return
    before = _kept(leave)
    granted = leave.state == rules.LeaveState.GRANTED
    if granted and duty.elsewhere_id is None:
        refuse_clash([duty.person_id], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])
    changed = Leave.objects.filter(
        pk=leave.pk, state=leave.state, state__in=rules.OPEN_LEAVE
    ).update(state=rules.LeaveState.WITHDRAWN)
    if not changed:
        raise StaleState(_("This leave was refused in the meantime."))
    leave.state = Leave.State.WITHDRAWN
    if granted:
        _write_mark(leave)
        settle_elsewhere(pk for pk in (duty.person_id, leave.deputy_id) if pk is not None)
    audit.record(
        "leave.withdrawn", by=by, subject=meeting, at=at, before=before, after=_kept(leave)
    )
    _tell_comes_after_all(leave, at=at)


@transaction.atomic
def decide_leave(
    *,
    leave: Leave,
    grant: bool,
    by: Person,
    at: datetime,
    note: str = "",
    without_deputy: bool = False,
) -> None:
    """Grant leave, or refuse it with a note; the same decision again changes nothing.

    A deputy who said yes is expected instead, unless ``without_deputy``; without one the person
    is excused. Nobody decides on their own leave. Raises InvalidValue for a refusal that does not
    say why, ExpectedElsewhere when the deputy is not free by now, RuleBroken once the meeting has
    begun, StaleState when it was decided or withdrawn in the meantime.
    """
    duty, meeting = leave.duty, leave.duty.meeting
    require(by, "meetings.decide_leave", leave)
    note = line(note, field="note")
    wanted = rules.LeaveState.GRANTED if grant else rules.LeaveState.REFUSED
    if not grant and not note:
        raise InvalidValue(_("Say why the leave is refused."), field="note")
    lock_people({duty.person_id} | ({leave.deputy_id} if leave.deputy_id else set()))
    _read_again(leave)
    if leave.state == wanted and leave.decided_by_id == by.pk:
        return
    _refuse_after_beginning(meeting, at)
    _check_decision(leave, by)
    before = _kept(leave)
    answer = rules.Answer(leave.answer)
    if grant and without_deputy and answer is rules.Answer.YES:
        answer = rules.Answer.NO
    if rules.mark_of(wanted, answer) is rules.Attendance.SUBSTITUTE and leave.deputy_id:
        refuse_clash([leave.deputy_id], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])
    changed = Leave.objects.filter(pk=leave.pk, state=rules.LeaveState.ASKED).update(
        state=wanted, answer=answer, decided_by=by, decided_at=at, decision_note=note
    )
    if not changed:
        raise StaleState(_("This leave was decided or withdrawn in the meantime."))
    leave.state, leave.answer = Leave.State(wanted), Leave.Answer(answer)
    leave.decided_by, leave.decided_at, leave.decision_note = by, at, note
    if grant:
        _write_mark(leave)
        settle_elsewhere([duty.person_id])
    audit.record(
        "leave.granted" if grant else "leave.refused",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after=_kept(leave) | {"note": note},
    )
    _tell_decided(leave, at=at)


def _refuse_after_beginning(meeting: Meeting, at: datetime) -> None:
    refuse_unless(meeting, rules.State.PLANNED)
    try:
        rules.check_before(meeting.starts_at, at)
    except rules.TooLate as late:
        raise RuleBroken(
            _("The meeting has begun. Whoever keeps the attendance notes who is missing.")
        ) from late


def _check_decision(leave: Leave, by: Person) -> None:
    try:
        rules.check_decision(
            rules.LeaveState(leave.state), asker_id=leave.duty.person_id, decider_id=by.pk
        )
    except rules.OwnLeave as own:
        raise RuleBroken(_("Nobody decides on their own leave.")) from own
    except rules.AlreadyDecided as done:
        raise StaleState(_("This leave was decided or withdrawn in the meantime.")) from done


def _read_again(leave: Leave) -> None:
    """Take over what another deed wrote while this one waited for the people."""
    leave.refresh_from_db(fields=["state", "answer", "deputy", "decided_by"])
    leave.duty.refresh_from_db(fields=["attendance", "substitute", "elsewhere"])


def _write_mark(leave: Leave) -> None:
    """Write on the duty what the leave, as it now is, means for it."""
    duty = leave.duty
    mark = rules.mark_of(rules.LeaveState(leave.state), rules.Answer(leave.answer))
    instead = leave.deputy if mark is rules.Attendance.SUBSTITUTE else None
    reason = "" if mark is rules.Attendance.UNKNOWN else leave.reason
    replaced = rules.BEFORE_LEAVE | rules.ON_LEAVE
    changed = Duty.objects.filter(
        pk=duty.pk, attendance__in=replaced, meeting__state=rules.State.PLANNED
    ).update(attendance=mark, substitute=instead, reason=reason)
    if not changed:
        raise StaleState(_("What became of this duty was noted in the meantime."))
    duty.attendance, duty.substitute, duty.reason = Duty.Attendance(mark), instead, reason


def _tell_decided(leave: Leave, *, at: datetime) -> None:
    duty, meeting = leave.duty, leave.duty.meeting
    granted = leave.state == rules.LeaveState.GRANTED
    notices.tell(
        [duty.person],
        "leave.granted" if granted else "leave.refused",
        meeting,
        at=at,
        key=str(leave.pk),
        values={"reason": leave.decision_note},
        url=selectors.leave_url(duty),
    )
    if leave.deputy is None:
        return
    if not granted:
        _tell_comes_after_all(leave, at=at)
    elif leave.answer == rules.Answer.YES:
        notices.tell([leave.deputy], "meeting.invited", meeting, at=at, key=f"leave:{leave.pk}")


def _tell_comes_after_all(leave: Leave, *, at: datetime) -> None:
    """Tell whoever reckoned with the leave that the person is expected after all."""
    reckoned = [leave.deputy] if leave.answer != rules.Answer.NO else []
    if leave.state == rules.LeaveState.WITHDRAWN:
        reckoned += [leave.decided_by, *selectors.deciders_of(leave, at=at)]
    notices.tell(
        [person for person in reckoned if person is not None],
        "leave.withdrawn",
        leave.duty.meeting,
        at=at,
        key=str(leave.pk),
        values={"person": leave.duty.person.name},
    )


def _kept(leave: Leave) -> dict[str, object]:
    """Return what the trail keeps of a leave."""
    return {
        "leave": leave.pk,
        "person": leave.duty.person_id,
        "deputy": leave.deputy_id,
        "answer": str(leave.answer),
        "state": str(leave.state),
        "attendance": str(leave.duty.attendance),
    }
