"""What is kept out of logs."""

from __future__ import annotations

import logging
import re

_KEYS = re.compile(r"(?i)((?:api_key|client_key)=)[^&\s\"']+")


class WithoutKeys(logging.Filter):
    """Masks the keys of applications in addresses, wherever a line of the log quotes one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, its keys masked."""
        text = record.getMessage()
        masked = _KEYS.sub(r"\1***", text)
        if masked != text:
            record.msg, record.args = masked, None
        return True
