"""``footpath-corner``: the protocol of the Question Corner as a command without a browser.

Pure Python on the same calculations as the servers, with three packages: pyrage, argon2-cffi and
cryptography. How to use it: docs/how-to/question-corner.md; its bytes:
docs/reference/corner-protocol.md.
"""
