"""What the Corner can be asked; nobody is signed in here, so nobody is told more than others."""

from footpath.questions.selectors.bulletins import Bulletin, bulletin
from footpath.questions.selectors.counting import (
    alarms,
    drawn,
    figures,
    figures_of_all,
    open_epochs,
)
from footpath.questions.selectors.desks import blobs, postings, wrapped
from footpath.questions.selectors.keys import epoch_key, files
from footpath.questions.selectors.rosters import newest_roster, newest_rosters, signed_rosters

__all__ = [
    "Bulletin",
    "alarms",
    "blobs",
    "bulletin",
    "drawn",
    "epoch_key",
    "figures",
    "figures_of_all",
    "files",
    "newest_roster",
    "newest_rosters",
    "open_epochs",
    "postings",
    "signed_rosters",
    "wrapped",
]
