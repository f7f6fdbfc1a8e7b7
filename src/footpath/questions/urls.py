"""The addresses of the Corner: pages for members, pages for officers, and what programs use."""

from django.urls import path

from footpath.questions.views import desk, machine, pages, program

app_name = "questions"

urlpatterns = [
    # Pages for members.
    path("", pages.ask, name="ask"),
    path("kiosk/", pages.kiosk, name="kiosk"),
    path("answers/", pages.answers, name="answers"),
    path("protection/", pages.protection, name="protection"),
    path("ways/", pages.ways, name="ways"),
    path("device/", pages.device, name="device"),
    path("vault/", pages.vault, name="vault"),
    path("footpath-corner.pyz", program.single_file, name="program"),
    # Pages for guidance officers.
    path("desk/", desk.desk, name="desk"),
    path("desk/set-up/", desk.set_up, name="desk-set-up"),
    path("desk/recover/", desk.recover, name="desk-recover"),
    # What programs use.
    path("health/", machine.health, name="health"),
    path("postings/", machine.postings, name="postings"),
    path("bulletin/", machine.bulletin, name="bulletin"),
    path("figures/", machine.figures, name="figures"),
    path("notice/", machine.notice, name="notice"),
    path("notice.json", machine.notice, name="notice-json"),
    path("roster/", machine.rosters, name="rosters"),
    path("desk/roster/", machine.rosters, name="desk-rosters"),
    path("desk/postings/", machine.desk_postings, name="desk-postings"),
    path("desk/blobs/", machine.blobs, name="desk-blobs"),
    path("desk/answers/", machine.answers, name="desk-answers"),
    path("desk/done/", machine.done, name="desk-done"),
    path("desk/counters/", machine.counters, name="desk-counters"),
    path("desk/wrapped/", machine.wrapped, name="desk-wrapped"),
]
