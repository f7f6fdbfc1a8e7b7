"""Open311 GeoReport v2: other systems read public cases here and post new ones with a key.

``urls`` names the calls, ``views`` answers them, ``reading`` understands what was sent, ``shapes``
says what is told, ``formats`` writes it as XML or JSON. Source: GeoReport v2 (frozen 2011) and the
extensions in use; docs/how-to/open311.md, decision 18.
"""
