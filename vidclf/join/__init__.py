"""Joins tables of any number and length to one: Parquet, a folder of Parquet parts, or CSV."""

from vidclf.join.join import join_tables
from vidclf.join.summary import JoinSummary

__all__ = ["JoinSummary", "join_tables"]
