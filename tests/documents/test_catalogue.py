"""The catalogue is complete in both languages, and each family is offered the documents its facts call for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.cases.values import CivilStatus, PersonKind
from backoffice.documents.catalogue import CATALOGUE, REFUSAL_REASONS, suggested
from backoffice.documents.values import DocumentFormat, FamilyFacts, PersonFacts
from backoffice.fees.rules import is_dependent_child

RECEIVED = date(2016, 8, 16)
MARRIED = FamilyFacts(RECEIVED, CivilStatus.MARRIED)
PRINCIPAL = PersonFacts(PersonKind.PRINCIPAL, date(1984, 3, 2), education=True, experience=True, language_tests=True)
SPOUSE = PersonFacts(PersonKind.SPOUSE, date(1985, 1, 1))
CHILD = PersonFacts(PersonKind.CHILD, date(2012, 5, 5))


def codes(people: list[PersonFacts], facts: FamilyFacts, index: int | None) -> set[str]:
    return {each.code for each in suggested(people, facts) if each.person_index == index}


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_document_is_named_in_both_languages_with_its_basis(code: str) -> None:
    item = CATALOGUE[code]
    assert item.code == code
    assert item.label("fr") == item.label_fr != ""
    assert item.label("en") == item.label_en not in {"", item.label_fr}
    assert item.basis
    assert "'" not in item.label_fr  # French is set with ’


@pytest.mark.parametrize("code", REFUSAL_REASONS)
def test_each_reason_of_refusal_is_worded_in_both_languages(code: str) -> None:
    reason = REFUSAL_REASONS[code]
    assert reason.code == code
    assert reason.label("fr") == reason.label_fr != ""
    assert reason.label("en") == reason.label_en not in {"", reason.label_fr}


def test_the_forms_asked_for_are_those_of_the_checklist() -> None:
    assert CATALOGUE["birth_certificate"].format is DocumentFormat.CERTIFIED_COPY
    assert CATALOGUE["passport"].format is DocumentFormat.PHOTOCOPY
    assert CATALOGUE["french_test"].format is DocumentFormat.ORIGINAL


def test_a_family_of_three() -> None:
    people = [PRINCIPAL, SPOUSE, CHILD]
    assert codes(people, MARRIED, None) == {"union_proof"}
    assert codes(people, MARRIED, 0) == {
        "birth_certificate",
        "passport",
        "diploma",
        "transcript",
        "work_attestation",
        "work_legality",
        "french_test",
        "english_test",
        "self_sufficiency",
        "common_values",
    }
    assert codes(people, MARRIED, 1) == {"birth_certificate", "passport", "common_values"}
    assert codes(people, MARRIED, 2) == {"birth_certificate", "passport"}


def test_a_spouse_whose_studies_and_language_count_is_asked_to_prove_them() -> None:
    spouse = PersonFacts(PersonKind.SPOUSE, date(1985, 1, 1), education=True, language_tests=True)
    assert {"diploma", "transcript", "french_test"} <= codes([PRINCIPAL, spouse], MARRIED, 1)


def test_an_offer_or_a_permit_claimed_is_to_be_proven() -> None:
    facts = FamilyFacts(RECEIVED, CivilStatus.SINGLE, validated_offer=True, temporary_resident=True)
    assert {"offer_validation", "stay_permit"} <= codes([PRINCIPAL], facts, 0)
    assert not {"offer_validation", "stay_permit"} & codes([PRINCIPAL], MARRIED, 0)


def test_a_union_that_ended_is_proven_by_its_end() -> None:
    divorced = FamilyFacts(RECEIVED, CivilStatus.DIVORCED)
    assert "union_end" in codes([PRINCIPAL], divorced, 0)
    assert codes([PRINCIPAL], divorced, None) == set()


def test_a_child_whose_other_parent_is_absent_needs_a_consent() -> None:
    alone = PersonFacts(PersonKind.CHILD, date(2012, 5, 5), other_parent_absent=True)
    assert "custody" in codes([PRINCIPAL, alone], MARRIED, 1)


def test_a_child_past_the_age_of_the_day_of_receipt_must_prove_dependency() -> None:
    born_in_june = PersonFacts(PersonKind.CHILD, date(1997, 6, 1))
    assert "dependency" in codes([PRINCIPAL, born_in_june], MARRIED, 1)
    assert "dependency" not in codes([PRINCIPAL, born_in_june], FamilyFacts(date(2017, 10, 24)), 1)


people_of_any_kind = st.builds(
    PersonFacts,
    st.sampled_from(PersonKind),
    st.dates(date(1950, 1, 1), date(2016, 1, 1)),
    education=st.booleans(),
    experience=st.booleans(),
    language_tests=st.booleans(),
    other_parent_absent=st.booleans(),
)
families = st.builds(
    FamilyFacts,
    st.dates(date(2013, 1, 1), date(2020, 1, 1)),
    st.none() | st.sampled_from(CivilStatus),
    validated_offer=st.booleans(),
    temporary_resident=st.booleans(),
    quebec_ties=st.booleans(),
    representative=st.booleans(),
)


@given(st.lists(people_of_any_kind, max_size=5), families)
def test_each_document_is_suggested_once_and_only_for_whom_it_exists(people: list[PersonFacts], facts: FamilyFacts) -> None:
    made = suggested(people, facts)
    assert len(set(made)) == len(made)
    for each in made:
        item = CATALOGUE[each.code]
        if each.person_index is None:
            assert item.is_family
        else:
            assert people[each.person_index].kind in item.for_whom


@given(st.dates(date(1985, 1, 1), date(2013, 1, 1)), st.dates(date(2013, 1, 1), date(2020, 1, 1)))
def test_dependency_is_asked_exactly_when_age_alone_does_not_make_a_child_dependent(birth: date, received_on: date) -> None:
    asked = "dependency" in codes([PersonFacts(PersonKind.CHILD, birth)], FamilyFacts(received_on), 0)
    assert asked == (not is_dependent_child(birth, received_on))
