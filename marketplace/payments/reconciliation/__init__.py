"""Our books against the provider's word, day by day: what each side says (`stated`, `ours`), and where they differ."""
