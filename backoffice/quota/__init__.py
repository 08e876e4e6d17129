"""Windows and places: who is admitted under the maximum set by a ministerial decision.

Words: a *window* (période de réception) has a *capacity*, perhaps a *margin*, a *reserve* and *caps by country*; an
application takes a *place*, *provisional* at submission and *confirmed* by payment in time; an *exempt* application
takes none. The *ledger* lists every act in admission order, and replaying it gives the admissions again.

A place says nothing about being worked on first: this package never reads the processing order.

Sources: I-0.2 s. 3.5 (until 2018-08-01), I-0.2.1 s. 50 (since 2018-08-02), and the decisions published under them.
"""
