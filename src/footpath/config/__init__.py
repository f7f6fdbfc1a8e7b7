"""Settings, URLs and the command line: the only floor that sees everything."""
