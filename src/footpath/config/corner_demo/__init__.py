"""The Question Corner of the demonstration: keys, officers, and questions asked and answered.

Two processes, as in earnest: the member side gives tokens to accounts, the Corner takes what is
posted with them. Everything passes through the same deeds as an installation's; only the secrets
are made from words that stand here, so that everybody who tries it out has them.
"""
