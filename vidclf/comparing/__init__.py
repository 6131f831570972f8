"""Two tables of one clip: how far they agree, and where they differ.

`compare_tables` gives the values (`vidclf.comparing.found`), `as_text` the lines that
`vidclf compare` prints.
"""

from vidclf.comparing.comparison import Comparison, Side, compare_tables
from vidclf.comparing.found import (
    ClassAgreement,
    Difference,
    FarMoment,
    LabelAgreement,
    LabelComparison,
    LabelShares,
    Meeting,
    ValueAgreement,
    ValueComparison,
)
from vidclf.comparing.text import as_text

__all__ = [
    "ClassAgreement",
    "Comparison",
    "Difference",
    "FarMoment",
    "LabelAgreement",
    "LabelComparison",
    "LabelShares",
    "Meeting",
    "Side",
    "ValueAgreement",
    "ValueComparison",
    "as_text",
    "compare_tables",
]
