"""What the Corner keeps: sealed bytes under random keys, and counts.

No table has a date, a time, an address, a number that grows, or a key to a person; rows lie in the
order of their random keys. A migration that adds or remakes a table ends with ``WithoutRowid`` of
``core.migrations_sqlite``: Django cannot ask SQLite for tables without a hidden row number.
"""

from __future__ import annotations

import secrets

from django.db import models


def random_key() -> str:
    """Return a fresh key: 16 random bytes in hexadecimal."""
    return secrets.token_hex(16)


class Nullifier(models.Model):
    """A token or slip that has been spent: the digest alone, and the epoch it was drawn in."""

    digest = models.CharField(max_length=64, primary_key=True)
    epoch = models.CharField(max_length=7)

    class Meta:
        db_table = "corner_nullifier"


class Slip(models.Model):
    """A paper slip that may be used instead of a token: the digest of its 24 signs."""

    digest = models.CharField(max_length=64, primary_key=True)
    epoch = models.CharField(max_length=7)

    class Meta:
        db_table = "corner_slip"


class Inbox(models.Model):
    """A posting that waits for the next mix."""

    key = models.CharField(max_length=32, primary_key=True, default=random_key)
    sealed = models.BinaryField()

    class Meta:
        db_table = "corner_inbox"


class Question(models.Model):
    """A posting after its mix, under a new key. ``epoch`` is that of the mix, not of the token."""

    key = models.CharField(max_length=32, primary_key=True, default=random_key)
    epoch = models.CharField(max_length=7)
    sealed = models.BinaryField()
    answered_in = models.CharField(max_length=7, blank=True, default="")

    class Meta:
        db_table = "corner_question"


class Waiting(models.Model):
    """An answer, or a sign that a question was read (``read``), that waits for the next mix."""

    key = models.CharField(max_length=32, primary_key=True)
    sealed = models.BinaryField()
    read = models.BooleanField(default=False)

    class Meta:
        db_table = "corner_waiting"


class Answer(models.Model):
    """A record of the bulletin, or a filler that looks like one."""

    key = models.CharField(max_length=32, primary_key=True)
    epoch = models.CharField(max_length=7)
    sealed = models.BinaryField()
    read = models.BooleanField(default=False)

    class Meta:
        db_table = "corner_answer"


class Blob(models.Model):
    """What guidance officers keep for each other: assignments, drafts and notes, sealed.

    ``epoch`` is that of the next mix after it came.
    """

    key = models.CharField(max_length=32, primary_key=True)
    sealed = models.BinaryField()
    officer = models.CharField(max_length=64)
    epoch = models.CharField(max_length=7, blank=True, default="")

    class Meta:
        db_table = "corner_blob"


class Roster(models.Model):
    """A version of the roster of guidance officers, with the signatures that made it valid."""

    number = models.IntegerField(primary_key=True)
    signed = models.TextField()

    class Meta:
        db_table = "corner_roster"


class Wrapped(models.Model):
    """An officer's keys, wrapped by a passphrase; ``sign`` is the key that may replace them."""

    code = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    sign = models.CharField(max_length=64)

    class Meta:
        db_table = "corner_wrapped"


class Count(models.Model):
    """A count of the server: how many of what in an epoch. ``key`` is epoch, blank, name."""

    key = models.CharField(max_length=64, primary_key=True)
    epoch = models.CharField(max_length=7)
    name = models.CharField(max_length=40)
    value = models.IntegerField(default=0)

    class Meta:
        db_table = "corner_count"


class OfficerCount(models.Model):
    """The counts of an epoch as an officer has signed them. ``key`` is epoch, blank, code."""

    key = models.CharField(max_length=80, primary_key=True)
    epoch = models.CharField(max_length=7)
    officer = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        db_table = "corner_officer_count"
