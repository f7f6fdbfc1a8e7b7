"""Addresses of this room.

Some names are allauth's own: its middleware and its forms look for them. Names of what is closed
here (signing up, resetting a password by e-mail) are left out on purpose.
"""

from django.urls import include, path

from footpath.accounts import views

ours = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.password, name="password"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/end/", views.end_session, name="end-session"),
    path("sessions/end-others/", views.end_others, name="end-others"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="revoke-token"),
    path("trail/", views.trail, name="trail"),
    path("trail/history/", views.history, name="history"),
    path("trail/check/", views.check, name="check"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("password/", views.password, name="account_change_password"),
]
