"""How dates are written, where Django does it otherwise than people here expect."""
