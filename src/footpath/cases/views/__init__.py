"""The pages of cases: the ledger, one case with its deeds, raising, files."""
