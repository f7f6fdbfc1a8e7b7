"""Systems that send cases here, and systems to which cases are sent. Source: Open311 GeoReport."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from footpath.cases.models.cases import Case
from footpath.directory.models import Person


class Application(models.Model):
    """A program that may post cases with its key; the key itself is not kept."""

    name = models.CharField(_("name"), max_length=120)
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    key_hint = models.CharField(max_length=8, editable=False)  # its first letters, to tell keys
    per_minute = models.PositiveSmallIntegerField(_("requests a minute"), default=60)
    is_trusted = models.BooleanField(_("its cases are shown to the public at once"), default=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    # How often the key was used in the minute that began then: counted in one statement.
    minute = models.DateTimeField(null=True, editable=False)
    used = models.PositiveIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.name


class Received(models.Model):
    """Which application a case came from, and what it calls the case."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="received")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="received")
    key = models.CharField(max_length=120, blank=True)  # makes a repeated request the same case

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "key"], condition=~models.Q(key=""), name="received_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id}: {self.case_id}"


class UpdateIn(models.Model):
    """An update that an application has sent; the same one again changes nothing."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="updates")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="updates_in")
    update_id = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "update_id"], name="update_in_once"),
        )

    def __str__(self) -> str:
        return f"{self.application_id}: {self.update_id}"


class Endpoint(models.Model):
    """An outside system to which cases are sent by Open311."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address of the endpoint"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120, blank=True)
    sealed_key = models.TextField(blank=True, editable=False)  # encrypted with the server's key
    has_updates = models.BooleanField(_("gives service request updates"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    polled_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        verbose_name = _("outside system")
        verbose_name_plural = _("outside systems")

    def __str__(self) -> str:
        return self.name


class Handoff(models.Model):
    """A case at an outside system: sent once, whatever fails in between."""

    class State(models.TextChoices):
        """How far the sending has come."""

        WAITING = "waiting", _("To be sent")
        IN_DOUBT = "in_doubt", _("Perhaps sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused there")
        ENDED = "ended", _("Ended there")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handoffs")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="handoffs")
    service_code = models.CharField(max_length=80)
    key = models.UUIDField(unique=True)  # goes with the request, so that it can be found again
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=120, blank=True)
    remote_status = models.CharField(max_length=40, blank=True)
    remote_updated_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = (
            models.UniqueConstraint(
                fields=["case", "endpoint"],
                condition=~models.Q(state__in=["refused", "ended"]),
                name="handoff_open_once",
            ),
            models.UniqueConstraint(
                fields=["endpoint", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="handoff_remote_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=["waiting", "in_doubt"]),
                name="handoff_to_send",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} at {self.endpoint_id}: {self.state}"

    @property
    def is_kept_here(self) -> bool:
        """Return whether it ended without having been sent."""
        return self.state == self.State.ENDED and self.sent_at is None


class RemoteUpdate(models.Model):
    """An update of an outside system that is in the thread already."""

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="updates")
    update_id = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["handoff", "update_id"], name="remote_update_once"),
        )

    def __str__(self) -> str:
        return f"{self.handoff_id}: {self.update_id}"
