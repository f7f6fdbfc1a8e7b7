"""Serving the Question Corner: its own process, its own port, no line for any request."""

from __future__ import annotations

from footpath.config import server


def serve(*, host: str, port: int, workers: int | None) -> None:
    """Serve the Corner until stopped; the mix is done by ``corner_timetable`` inside."""
    server.gather_static_files()
    print(f"The Question Corner is at http://{host}:{port}  (Ctrl-C ends it)", flush=True)
    server.run(
        target="footpath.config.corner_wsgi:application", host=host, port=port, workers=workers
    )
