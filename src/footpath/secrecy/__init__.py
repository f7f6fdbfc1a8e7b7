"""The protocol of the Question Corner: who may ask is proven, who asked is not to be found (S0.2).

Calculations on plain values: no Django, no database, no network, no clock. Both servers use them,
and so does the command ``footpath-corner``. The browser does the same in JavaScript; what both
must agree on to the byte is written down in ``tests/secrecy/vectors.json``.

``blind`` signs tokens without seeing them, ``epochs`` are the months they live in, ``notice`` is
the public list of keys, ``receipts`` open answers, ``envelopes`` are what is sent, and ``roster``
says to whom.
"""
