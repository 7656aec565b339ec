"""Who works here: staff and council accounts, bodies, sign-in."""
