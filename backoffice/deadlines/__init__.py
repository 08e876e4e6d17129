"""The clocks of the law: terms, how they are counted, what stops them and what lengthens them.

Words: a *term* is a number of days the law or a decision gives somebody; its *workings* are the arithmetic, line by
line, that leads from *day zero* (not counted) to the *last day* (counted, until midnight in Montréal). A *pause* stops
the count for everybody concerned (an outage, an injunction); an *extension* gives one person more days, for a reason.

This package knows neither money nor paper. A last day is always derived from recorded facts, never counted down.

Sources: Interpretation Act (I-16) ss. 52 and 61(23), (24); Legal Time Act (T-5.1); guide GPI 3-1 for the terms of
intention letters; the ministry's pages of 2013–2019 for the terms of payment, documents and review.
"""
