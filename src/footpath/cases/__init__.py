"""The problem ledger: every problem has an owner, and closed is not fixed (S0.1, S2.3, S4.4)."""
