"""The Question Corner: questions of proven members, unlinkable to them in our records."""
