"""Two tables of one clip: how far they agree, and where they differ.

`compare_tables` gives the values (`vidclf.compare.results`), and their `as_text` the lines that
`vidclf compare` prints.
"""

from vidclf.compare.compare import Comparison, Side, compare_tables
from vidclf.compare.results import (
    ClassAgreement,
    Difference,
    LabelAgreement,
    LabelComparison,
    LabelPair,
    LabelShares,
    LargestDifference,
    ValueAgreement,
    ValueComparison,
)

__all__ = [
    "ClassAgreement",
    "Comparison",
    "Difference",
    "LabelAgreement",
    "LabelComparison",
    "LabelPair",
    "LabelShares",
    "LargestDifference",
    "Side",
    "ValueAgreement",
    "ValueComparison",
    "compare_tables",
]
