"""A port that is taken is said in one sentence, before anything is loaded."""

from __future__ import annotations

import socket

from click.testing import CliRunner

from footpath.config.cli import cli


def test_a_taken_port_is_said_in_one_sentence_before_the_month_is_loaded() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        answer = CliRunner().invoke(cli, ["demo", "--port", taken])
        assert answer.exit_code == 1
        assert answer.output == (
            f"Error: Another program listens on port {taken} of 127.0.0.1. "
            "End it, or choose another port with --port.\n"
        )
        answer = CliRunner().invoke(cli, ["demo", "--port", "0", "--corner-port", taken])
        assert answer.exit_code == 1
        assert answer.output.endswith("choose another port with --corner-port.\n")
