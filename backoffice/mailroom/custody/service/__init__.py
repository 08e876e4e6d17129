"""Operations on the paper: where it is, what is declared of it, what may be destroyed."""

from backoffice.mailroom.custody.service.declaring import begin, give_up, look, seal, sign
from backoffice.mailroom.custody.service.destroying import ask_destruction, destroy, hold, lift_hold, obstacles
from backoffice.mailroom.custody.service.moving import follow, person_place, place, send_out, set_up_place

__all__ = [
    "ask_destruction",
    "begin",
    "destroy",
    "follow",
    "give_up",
    "hold",
    "lift_hold",
    "look",
    "obstacles",
    "person_place",
    "place",
    "seal",
    "send_out",
    "set_up_place",
    "sign",
]
