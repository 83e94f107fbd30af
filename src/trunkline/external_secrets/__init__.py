"""Keys and secrets that are kept elsewhere, and the services that keep them.

    key service           wraps and unwraps the root key, which then lies beside the data as ciphertext
      ├─ aws_kms          AWS Key Management Service
      ├─ google_kms       Google Cloud KMS
      ├─ azure_keys       Azure Key Vault
      └─ vault_transit    the transit engine of HashiCorp Vault or OpenBao

Each is spoken to over its HTTP API, and finds its address and its credentials where the vendor's own tools find them:
in the environment. Who runs the server names these services, so the guard of what users name does not judge them.
"""
