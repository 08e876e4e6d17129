"""Operations of opening the mail. An envelope is held first, then the money it holds; a kit is held before its slips."""

from backoffice.mailroom.opening.service.deliveries import record_delivery, recount, settle_delivery
from backoffice.mailroom.opening.service.deposits import accept_deposit, make_deposit, reverse_deposit
from backoffice.mailroom.opening.service.kits import keep_places, make_kit, restore_slip, spoil_slip
from backoffice.mailroom.opening.service.money import Seen, confirm, second_person
from backoffice.mailroom.opening.service.pieces import list_piece, note_place, place_piece, send_piece_back, withdraw_piece
from backoffice.mailroom.opening.service.registering import Registration, keep_photo, note_photo, register
from backoffice.mailroom.opening.service.staying import money_waits_for_a_second, originals_on_the_table

__all__ = [
    "Registration",
    "Seen",
    "accept_deposit",
    "confirm",
    "keep_photo",
    "keep_places",
    "list_piece",
    "make_deposit",
    "make_kit",
    "money_waits_for_a_second",
    "note_photo",
    "note_place",
    "originals_on_the_table",
    "place_piece",
    "record_delivery",
    "recount",
    "register",
    "restore_slip",
    "reverse_deposit",
    "second_person",
    "send_piece_back",
    "settle_delivery",
    "spoil_slip",
    "withdraw_piece",
]
