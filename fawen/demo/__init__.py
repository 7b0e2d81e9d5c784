"""The demonstration: a real procedure on a real stack, played by the people of an invented district."""
