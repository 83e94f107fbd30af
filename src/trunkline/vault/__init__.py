"""Keys, tokens and passwords at rest. Free of storage: it is given rows as small frozen structs and gives rows back.

    root key            32 bytes outside the database: a file, a systemd credential        root_key
      └─ key-encryption keys v1…n     derived from it                                     key_ring
           ├─ data keys               random, one per owner, stored wrapped               data_key
           │    └─ credentials        sealed to owner, row, field and origins             stored_secret, vault
           └─ the instance key        random, made once, stored wrapped                   key_ring
                └─ one subkey per purpose: API keys, sessions, sealed keys, snapshot      subkey

Only the key-encryption keys hang on the root key, so a new root key (or a new version) re-wraps data keys and nothing
else: API keys, sessions and keys sealed by browsers stay good.
"""
