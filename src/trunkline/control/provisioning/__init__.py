"""Users and groups as an identity provider sends them, by SCIM 2.0: https://www.rfc-editor.org/rfc/rfc7644."""
