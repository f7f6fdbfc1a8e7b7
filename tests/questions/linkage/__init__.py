"""The linkage exercise: whoever holds everything that is kept must not find out who asked.

``script`` says what 60 officers do in 30 days, ``district`` lives it through the two real projects
(``member_side`` and ``corner_side``, a process each), ``evidence`` collects what an administrator
or a thief can hold afterwards, ``attacker`` guesses from it, ``test_linkage`` counts.
"""
