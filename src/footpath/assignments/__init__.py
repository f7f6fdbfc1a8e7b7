"""Who is in charge of which place, on what basis, from when until when."""
