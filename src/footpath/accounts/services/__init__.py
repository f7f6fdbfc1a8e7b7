"""Deeds on users, sessions, keys of the API and tokens of the Question Corner, split by noun."""

from footpath.accounts.services.api_tokens import create_api_token, revoke_api_token
from footpath.accounts.services.corner_keys import destroy_keys, publish_keys
from footpath.accounts.services.issuing import TOKENS, Refused, issue_tokens, keep_corner
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
    "TOKENS",
    "Refused",
    "activate_user",
    "change_password",
    "create_api_token",
    "create_user",
    "deactivate_user",
    "destroy_keys",
    "end_other_sessions",
    "end_session",
    "issue_tokens",
    "keep_corner",
    "publish_keys",
    "record_sign_in",
    "record_sign_out",
    "revoke_api_token",
    "scope_changed",
    "set_password",
]
