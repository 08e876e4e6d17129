"""The fees of an application: what is owed, what was received, and which money answers which debt.

Words: the *tariff* is the year's price list; an *assessment* applies it to one family; a *receipt* is money that
arrived, by card or by post; a receipt is *allocated* to a fee, *returned* unopened to its sender, *refunded* after it
was cashed, or *reversed* when the bank takes it back. What remains is *owing*; what is too much is *overpaid*.

Sources: Regulation respecting the selection of foreign nationals (I-0.2, r. 4) ss. 56–56.2; Financial Administration
Act (A-6.001) ss. 83.3 and 83.5 for the yearly indexation; I-7.1 s. 1 for its ceiling; the ministry's page on the
payment of fees, states of 2013–2019.
"""
