"""Trunkline beside other gateways: each in an environment that is thrown away, from public packages."""
