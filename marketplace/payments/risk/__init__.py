"""How doubtful a payment looks: rules that count, a score that explains itself, and a bound from which goods wait."""
