"""Review: what is decided. Rounds, materials, opinions, sign-offs, meetings and ballots."""
