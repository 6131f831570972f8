"""Outputs of live runs that were killed, made of what they had written."""

from vidclf.recovery.recover import RecoveredPart, RecoverSummary, recover

__all__ = ["RecoverSummary", "RecoveredPart", "recover"]
