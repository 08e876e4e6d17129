"""The catalogue of permissions: what each role may do, and nothing else."""

from enum import StrEnum


class Role(StrEnum):
    """The desks of the ministry."""

    MAILROOM = "mailroom"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """One act, or one kind of page."""

    SEE_OWN_ACCOUNT = "see_own_account"
    READ_CASE = "read_case"
    WORK_CASE = "work_case"
    ASSIGN_CASE = "assign_case"
    REQUEST_DOCUMENTS = "request_documents"
    REVIEW_DOCUMENTS = "review_documents"
    READ_MAILROOM = "read_mailroom"
    WORK_MAILROOM = "work_mailroom"
    READ_FEES = "read_fees"
    RECORD_PAYMENT = "record_payment"
    APPROVE_REFUND = "approve_refund"
    READ_WINDOWS = "read_windows"
    MANAGE_WINDOWS = "manage_windows"
    ACT_ON_MANY = "act_on_many"
    APPROVE = "approve"
    MOVE_TERM = "move_term"
    KEEP_REGISTERS = "keep_registers"
    SEE_LOAD = "see_load"
    READ_TRAIL = "read_trail"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_COMPONENTS = "see_components"


P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MAILROOM: frozenset({P.SEE_OWN_ACCOUNT, P.READ_MAILROOM, P.WORK_MAILROOM, P.SEE_COMPONENTS}),
    Role.CASEWORKER: frozenset(
        {
            P.SEE_OWN_ACCOUNT, P.READ_CASE, P.WORK_CASE, P.REQUEST_DOCUMENTS, P.REVIEW_DOCUMENTS, P.READ_MAILROOM,
            P.READ_FEES, P.READ_WINDOWS, P.SEE_COMPONENTS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            P.SEE_OWN_ACCOUNT, P.READ_CASE, P.WORK_CASE, P.ASSIGN_CASE, P.REQUEST_DOCUMENTS, P.REVIEW_DOCUMENTS,
            P.READ_MAILROOM, P.READ_FEES, P.READ_WINDOWS, P.MANAGE_WINDOWS, P.ACT_ON_MANY, P.APPROVE, P.MOVE_TERM, P.KEEP_REGISTERS, P.SEE_LOAD, P.SEE_COMPONENTS,
        }
    ),
    Role.FINANCE: frozenset({P.SEE_OWN_ACCOUNT, P.READ_CASE, P.READ_FEES, P.RECORD_PAYMENT, P.APPROVE_REFUND, P.READ_MAILROOM, P.SEE_COMPONENTS}),
    Role.AUDITOR: frozenset(
        {
            P.SEE_OWN_ACCOUNT, P.READ_CASE, P.READ_MAILROOM, P.READ_FEES, P.READ_WINDOWS, P.SEE_LOAD, P.READ_TRAIL,
            P.SEE_COMPONENTS,
        }
    ),
    Role.ADMIN: frozenset({P.SEE_OWN_ACCOUNT, P.MANAGE_ACCOUNTS, P.SEE_COMPONENTS}),
}  # fmt: skip


class Scope(StrEnum):
    """What a key of another system opens."""

    PORTAL = "portal"
    PAYMENTS = "payments"
    METRICS = "metrics"


def grants(role: Role, permission: str) -> bool:
    """Whether a role may do this."""
    return permission in GRANTS[role]
