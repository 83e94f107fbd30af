"""Wire formats, one package each. Pure: bytes to neutral values and back."""
