"""Outages recorded once, and what they lengthen: terms and windows, after a supervisor approved the exact list.

Words: an *outage* is a fact with a beginning, an end (none while it lasts), an *extent* (which doors were shut, for whom) and
its *evidence*. The rule makes a *list* of it: each term with its last day before and after, each period with its closing
before and after, frozen with its digest. One person asks, another signs that digest; the list is then carried out in parts,
each line once, and each person is told. What had already lapsed stands *apart*, for a person to look at. A correction makes
a list of the difference; a *reversal* makes the list that takes everything back, and makes nobody late for it.

Sources: the ombudsman's report of 2014–15 (a plan for whoever cannot use the portal); the portal of 2016, out of reach at
various hours and switched off half an hour after it opened (2016-02-16); I-16 s. 52 for how days are counted. The rule itself
is the project's own: docs/decisions/0019-whole-days-of-an-outage-do-not-count.md.
"""
