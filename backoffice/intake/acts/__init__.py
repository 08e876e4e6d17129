"""Acts on many: what a decision, a law or a court does to hundreds of applications at once.

Words: an *act* has a *kind* and a *list*, frozen with its digest when it is prepared; two different people sign it; it is
carried out in *chunks*, each application exactly once; each *item* of the list is done, skipped because it changed since the
list was frozen, or refused with its reason; whoever matched but may not be touched was *left out*, and is named too. An act
that the law reverses is undone by another act, with its own list and its own two signatures.

Sources: the annulment of 2018-04-03 (a window opened by mistake on 2018-04-01: 6,531 files saved, 584 paid, all voided); the
end by law of 2019-06-16 and the injunction of 2019-02-25 before it; I-0.2 s. 3.5 and I-0.2.1 s. 50 (suspension of intake and of
processing; the sums paid are returned).
"""
