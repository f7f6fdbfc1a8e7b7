"""Taking places, organizations and people from files: checked first, then all rows or none.

``reading`` opens the file, ``mapping`` says which column is what, ``areas``, ``organizations``
and ``people`` check and take the rows, ``problems`` holds what can be wrong, ``run`` has the deeds.
"""
