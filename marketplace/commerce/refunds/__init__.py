"""Giving back, ending and disputing what was sold: how amounts are split, what ends, and which entries say so."""
