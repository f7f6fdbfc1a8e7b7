"""Addresses of this room."""

from django.urls import path

from footpath.meetings.views import (
    calendar,
    coffee,
    convening,
    days,
    engagements,
    feeds,
    guidance,
    lists,
    meeting,
    minutes,
    month_deeds,
    months,
    series_minutes,
    studies,
)

app_name = "meetings"

urlpatterns = [
    path("", lists.meeting_list, name="list"),
    path("days/", days.days, name="days"),
    path("days/check/", days.day_check, name="day-check"),
    path("days/new/", days.day_rule_new, name="day-rule-new"),
    path("days/<int:pk>/", days.day_rule, name="day-rule"),
    path("convene/", convening.convene, name="convene"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("engagements/", engagements.engagements, name="engagements"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<int:pk>/revoke/", feeds.revoke, name="feed-revoke"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
    path("<int:pk>/", meeting.meeting, name="meeting"),
    path("<int:pk>/agenda.pdf", minutes.agenda_pdf, name="agenda-pdf"),
    path("<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("<int:pk>/minutes/approve/", minutes.approve, name="minutes-approve"),
    path("<int:pk>/minutes/correct/", minutes.correct, name="minutes-correct"),
    path("<int:pk>/minutes/<int:version>.pdf", minutes.minutes_pdf, name="minutes-pdf"),
    path("<int:pk>/study/", studies.study, name="study"),
    path("<int:pk>/material/", studies.material, name="material"),
    path("series/<int:pk>/minutes/", series_minutes.series_minutes, name="series-minutes"),
    path(
        "series/<int:pk>/minutes.pdf", series_minutes.series_minutes_pdf, name="series-minutes-pdf"
    ),
    path("months/", months.month_list, name="months"),
    path("months/new/", months.month_new, name="month-new"),
    path("months/repair/", months.month_repair, name="month-repair"),
    path("months/<int:pk>/", months.month_plan, name="month-plan"),
    path("months/<int:pk>/<slug:deed>/", month_deeds.deed, name="month-plan-deed"),
    path("studies/", studies.studies, name="studies"),
    path("<int:pk>/coffee/", coffee.coffee, name="coffee"),
    path("<int:pk>/coffee/screen/", coffee.screen, name="coffee-screen"),
    path("<int:pk>/coffee/part/", coffee.part, name="coffee-part"),
    path("<int:pk>/coffee/<slug:deed>/", coffee.deed, name="coffee-deed"),
    path("<int:pk>/topics/", coffee.topics, name="topics"),
    path("coffees/", guidance.coffees, name="coffees"),
    path("guidance/", guidance.guidance, name="guidance"),
]
