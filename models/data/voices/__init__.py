"""Voices, each alone, to be laid over any song: real ones that are free, and real speech made to sing."""
