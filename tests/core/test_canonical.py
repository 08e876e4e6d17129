"""One form for one content (RFC 8785)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.canonical import canonical, digest, plain

letters = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=12,
)


def test_the_form_is_that_of_the_standard():
    value = {"€": "Euro Sign", "\r": "Carriage Return", "1": 1.0, "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27], "b": None}
    assert canonical(value).decode() == (
        '{"\\r":"Carriage Return","1":1,"b":null,"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"€":"Euro Sign"}'
    )


def test_accents_written_in_two_ways_are_two_contents():
    assert digest("é") != digest("e\u0301")


@given(values)
def test_the_form_does_not_depend_on_how_it_was_written(value: object):
    assert canonical(json.loads(json.dumps(value))) == canonical(value) == canonical(json.loads(canonical(value)))


names = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF))
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@given(plain_values)
def test_the_fast_form_of_a_plain_value_is_the_standards(value: object):
    assert plain(value) == canonical(value)
