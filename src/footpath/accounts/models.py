"""Users, sessions, keys for the API, tokens of the Question Corner, and the hash-chained trail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; whether they may do anything is decided by the posts they hold."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user whose name is typed in any case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who can sign in. Roles come from posts and memberships, never from this row.

    ``scope_version`` grows whenever the posts, memberships or assignments of the person behind
    the user change, so that every process notices with the one query that reads the session.
    """

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    scope_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            # As names are looked up when somebody signs in; its index serves that look-up.
            models.UniqueConstraint(
                Upper("username"),
                name="user_name_in_any_case",
                violation_error_message=_("This user name is taken."),
            ),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def actor_key(self) -> str:
        """Return who this is in a line of the trail."""
        return f"user:{self.pk}"

    @property
    def actor_name(self) -> str:
        """Return the name that a line of the trail keeps."""
        return self.username

    @property
    def is_staff(self) -> bool:
        """Return whether an administrator's post opens the administration site."""
        return self.has_perm("admin.open")

    @property
    def is_superuser(self) -> bool:
        """Return False: nobody stands above the rules."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether the administration site may show a table to this user."""
        return self.is_active and any(
            backend.has_perm(self, perm, obj) for backend in get_backends()
        )

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        """Return whether all of the permissions are held."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether the administration site may show a room to this user."""
        return self.is_staff


class Session(AbstractBaseSession):
    """A signed-in browser: listed to its user, ended by deleting the row."""

    user = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="sessions", editable=False
    )
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)

    objects: ClassVar[BaseSessionManager] = BaseSessionManager()

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that reads and writes these rows."""
        from footpath.accounts.sessions import SessionStore  # noqa: PLC0415 - as above

        return SessionStore


class ApiToken(models.Model):
    """A key for the API, kept as a digest; shown once when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class TokenIssue(models.Model):
    """An account has drawn the tokens of an epoch for the Question Corner.

    Everything that is kept of it: who, in which month, and the digest of what was asked for, so
    that a lost answer can be given again. No moment, no running number, and no line in the trail
    (docs/decisions/0020-drawing-leaves-no-line.md).
    """

    pk = models.CompositePrimaryKey("account", "epoch")
    account = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_index=False, editable=False
    )
    epoch = models.CharField(max_length=7, editable=False)
    request = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return self.epoch


class TrailLine(models.Model):
    """One deed on one subject: append-only, chained to the line before it (principle 5)."""

    subject = models.CharField(max_length=80, editable=False)
    number = models.PositiveIntegerField(editable=False)
    at = models.DateTimeField(editable=False)
    actor = models.CharField(max_length=80, editable=False)
    actor_name = models.CharField(max_length=200, editable=False)
    deed = models.CharField(max_length=80, editable=False)
    before_digest = models.CharField(max_length=64, blank=True, editable=False)
    after_digest = models.CharField(max_length=64, blank=True, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "number"], name="trailline_subject_number"),
        )
        verbose_name = _("line of the trail")

    def __str__(self) -> str:
        return f"{self.subject} {self.number}: {self.deed}"


class TrailHead(models.Model):
    """The last line of a subject's chain, sealed with the secret key, so that a tail is missed."""

    subject = models.CharField(max_length=80, primary_key=True, editable=False)
    number = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    seal = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return f"{self.subject}: {self.number}"


class TrailCheckpoint(models.Model):
    """A seal over all lines written since the last checkpoint, chained to it."""

    number = models.PositiveIntegerField(primary_key=True, editable=False)
    at = models.DateTimeField(editable=False)
    first_line = models.BigIntegerField(editable=False)
    last_line = models.BigIntegerField(editable=False)
    lines = models.PositiveIntegerField(editable=False)
    root = models.CharField(max_length=64, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    seal = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return f"checkpoint {self.number}"
