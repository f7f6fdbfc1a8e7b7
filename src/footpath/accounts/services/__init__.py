"""Deeds on users, sessions and keys of the API, split by noun."""

from footpath.accounts.services.api_tokens import create_api_token, revoke_api_token
from footpath.accounts.services.sessions import (
    end_other_sessions,
    end_session,
    record_sign_in,
    record_sign_out,
)
from footpath.accounts.services.users import (
    activate_user,
    change_password,
    create_user,
    deactivate_user,
    scope_changed,
    set_password,
)

__all__ = [
    "activate_user",
    "change_password",
    "create_api_token",
    "create_user",
    "deactivate_user",
    "end_other_sessions",
    "end_session",
    "record_sign_in",
    "record_sign_out",
    "revoke_api_token",
    "scope_changed",
    "set_password",
]
