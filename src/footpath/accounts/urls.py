"""Addresses of this room.

Some names are allauth's own: its middleware and its forms look for them. Names of what is closed
here (signing up, resetting a password by e-mail) are left out on purpose.
"""

from django.urls import include, path

from footpath.accounts.views import own_account, trail

ours = [
    path("sign-in/", own_account.sign_in, name="sign-in"),
    path("sign-out/", own_account.sign_out, name="sign-out"),
    path("password/", own_account.password, name="password"),
    path("sessions/", own_account.sessions, name="sessions"),
    path("sessions/end/", own_account.end_session, name="end-session"),
    path("sessions/end-others/", own_account.end_others, name="end-others"),
    path("tokens/", own_account.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", own_account.revoke_token, name="revoke-token"),
    path("trail/", trail.trail, name="trail"),
    path("trail/history/", trail.history, name="history"),
    path("trail/check/", trail.check, name="check"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("sign-in/", own_account.sign_in, name="account_login"),
    path("sign-out/", own_account.sign_out, name="account_logout"),
    path("password/", own_account.password, name="account_change_password"),
]
