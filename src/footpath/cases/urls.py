"""Addresses of this room."""

from django.urls import path

from footpath.cases.views import (
    board,
    bulk,
    case,
    files,
    ledger,
    mapping,
    printing,
    raising,
)

app_name = "cases"

urlpatterns = [
    path("", ledger.ledger, name="ledger"),
    path("board/", board.board, name="board"),
    path("map/", mapping.case_map, name="map"),
    path("counts/", ledger.counts, name="counts"),
    path("export/", ledger.export, name="export"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("views/", ledger.save_view, name="save-view"),
    path("views/<int:pk>/delete/", ledger.delete_view, name="delete-view"),
    path("raise/", raising.raise_case, name="raise"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:case_id>/files/<int:pk>/", files.attachment, name="attachment"),
    path("<int:pk>/file.pdf", printing.case_file, name="print"),
    path("<int:pk>/<str:deed>/", case.deed, name="deed"),
]
