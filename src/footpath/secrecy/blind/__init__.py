"""Tokens signed without being seen: RSABSSA-SHA384-PSS-Randomized of RFC 9474.

The member prepares and blinds a random message, the server signs what it cannot read, the member
takes the blinding away and checks the signature with the published key of the epoch. What is left
is an ordinary RSA-PSS signature, and nothing that the server saw tells one from another.
"""

from footpath.secrecy.blind.asking import Blinded as Blinded
from footpath.secrecy.blind.asking import blind as blind
from footpath.secrecy.blind.asking import finalize as finalize
from footpath.secrecy.blind.asking import prepare as prepare
from footpath.secrecy.blind.keys import BITS as BITS
from footpath.secrecy.blind.keys import PublicKey as PublicKey
from footpath.secrecy.blind.keys import kid as kid
from footpath.secrecy.blind.keys import new_key as new_key
from footpath.secrecy.blind.keys import spki as spki
from footpath.secrecy.blind.signing import Fault as Fault
from footpath.secrecy.blind.signing import Malformed as Malformed
from footpath.secrecy.blind.signing import Signer as Signer
from footpath.secrecy.blind.verifying import BadSignature as BadSignature
from footpath.secrecy.blind.verifying import verify as verify
