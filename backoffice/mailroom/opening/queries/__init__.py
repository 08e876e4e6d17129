"""Every SELECT of opening: deliveries, pieces, money, deposit slips, contingency kits."""

from backoffice.mailroom.opening.queries.checks import faults
from backoffice.mailroom.opening.queries.deliveries import Delivered, counts, delivered, deliveries, oldest_unopened, registered_in
from backoffice.mailroom.opening.queries.deposits import deposit, deposits, lock_deposit, next_deposit_number, to_deposit, to_hand_over
from backoffice.mailroom.opening.queries.kits import (
    envelope_numbers,
    find_slip,
    kit,
    kits,
    lock_kit_of,
    missing_slips,
    missing_total,
    next_serial,
    slip_of_envelope,
)
from backoffice.mailroom.opening.queries.money import Found, found, found_in, lock_instrument, waiting, waiting_count
from backoffice.mailroom.opening.queries.pieces import find_piece, lock_piece, next_piece_number, on_the_table, pieces_of

__all__ = [
    "Delivered",
    "Found",
    "counts",
    "delivered",
    "deliveries",
    "deposit",
    "deposits",
    "envelope_numbers",
    "faults",
    "find_piece",
    "find_slip",
    "found",
    "found_in",
    "kit",
    "kits",
    "lock_deposit",
    "lock_instrument",
    "lock_kit_of",
    "lock_piece",
    "missing_slips",
    "missing_total",
    "next_deposit_number",
    "next_piece_number",
    "next_serial",
    "oldest_unopened",
    "on_the_table",
    "pieces_of",
    "registered_in",
    "slip_of_envelope",
    "to_deposit",
    "to_hand_over",
    "waiting",
    "waiting_count",
]
