"""Messages between the engine and its worker processes: pickles, with their arrays beside them.

Both ends are our own processes, started by us and joined by pipes nobody else has: nothing from
outside is ever unpickled. Arrays travel as they lie in memory, without a copy in between.
"""

from __future__ import annotations

import pickle
import struct
from io import FileIO

_NUMBER = struct.Struct("<Q")


def send(stream: FileIO, message: object) -> None:
    """Write one message; raises OSError when the other end is gone."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(body), *(buffer.raw() for buffer in buffers)]
    sizes = [len(parts), *(part.nbytes for part in parts)]
    for part in (memoryview(struct.pack(f"<{len(sizes)}Q", *sizes)), *parts):
        done = 0
        while done < part.nbytes:
            done += stream.write(part[done:])


def receive(stream: FileIO) -> object:
    """Read one message; raises EOFError when the other end is gone."""
    (count,) = _NUMBER.unpack(_read(stream, _NUMBER.size))
    sizes = struct.unpack(f"<{count}Q", _read(stream, count * _NUMBER.size))
    body, *buffers = [_read(stream, size) for size in sizes]
    return pickle.loads(body, buffers=buffers)  # noqa: S301 - see above


def _read(stream: FileIO, size: int) -> bytearray:
    """Read exactly ``size`` bytes into memory of its own, so that arrays over it can be written."""
    room = bytearray(size)
    view, done = memoryview(room), 0
    while done < size:
        got = stream.readinto(view[done:])
        if not got:
            raise EOFError
        done += got
    return room
