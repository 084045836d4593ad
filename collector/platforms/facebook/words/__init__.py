"""The site's own words, language by language: the only hand-made tables of the parser."""
