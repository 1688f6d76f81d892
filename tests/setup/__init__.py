"""Tests of the commands: their rules, and the sentences for what can be missing."""
