"""Cases at other systems: sent there by Open311 GeoReport v2, and what they say comes back.

``wire`` asks one address safely, ``client`` speaks GeoReport in XML (which every server has to
speak), ``sending`` sends each case once, ``polling`` fetches what changed there.
Source: decision 18.
"""
