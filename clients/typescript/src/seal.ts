import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

/** What `GET /api/encryption-key` answers. */
export interface EncryptionKey {
  kid: string;
  kem: number;
  kdf: number;
  aead: number;
  publicKey: string;
  instance: string;
}

/** Whose key it is and where it may be sent: a sealed key is of use for nothing else. */
export interface SealingPlace {
  userId: string;
  workspaceId: string;
  /** The provider's address; a path behind it does not matter. */
  url: string;
}

const PORTS: Record<string, string> = { "http:": "80", "https:": "443" };

/**
 * Seals a provider's key for one server (HPKE, RFC 9180), so that nothing between here and its vault sees it.
 * The result (`tl1.…`) is accepted wherever an API key is.
 */
export async function sealKey(key: EncryptionKey, place: SealingPlace, secret: string): Promise<string> {
  if (key.kem !== 0x20 || key.kdf !== 1 || key.aead !== 2) throw new Error("The server seals in a way not known here.");
  const { protocol, hostname, port } = new URL(place.url);
  const origin = `${protocol}//${hostname}:${port || PORTS[protocol]}`;
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const bound = ["trunkline/1", key.instance, key.kid, place.userId, place.workspaceId, origin];
  const { enc, ct } = await suite.seal(
    {
      recipientPublicKey: await suite.kem.deserializePublicKey(decode(key.publicKey)),
      info: new TextEncoder().encode(JSON.stringify(bound)).buffer,
    },
    new TextEncoder().encode(secret).buffer,
  );
  const whole = new Uint8Array(enc.byteLength + ct.byteLength);
  whole.set(new Uint8Array(enc));
  whole.set(new Uint8Array(ct), enc.byteLength);
  return `tl1.${key.kid}.${encode(whole)}`;
}

function decode(text: string): ArrayBuffer {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
