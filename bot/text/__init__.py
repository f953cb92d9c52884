"""Pure Chinese text, imported in both environments: no I/O except reading the lexicon folder."""
