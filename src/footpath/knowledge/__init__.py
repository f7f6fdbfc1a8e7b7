"""The library: regulations, published answers and good practices, found by whoever asks next.

Source: S0.3 (guidance found again), S2.5 (experience carried up), S2.7 (regulations by number and
date), S4.7 (good practices selected and spread).
"""
