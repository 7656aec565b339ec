"""The web edge of the ground floor: headers, errors, sessions, filters. Everything here may import Flask."""
