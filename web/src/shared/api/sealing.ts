import { useCallback } from "react";
import { useWorkspace } from "@/shared/workspace";

/** Whether this page can seal: browsers have their cryptography for pages that came by HTTPS, or from this computer. */
export const CAN_SEAL = typeof crypto !== "undefined" && crypto.subtle !== undefined;

/** Seals a secret for the address that it is sent to; where the page cannot seal, it stays as it is. */
export type Seal = (secret: string, url: string) => Promise<string>;

/** Seals for whoever is signed in, in the workspace that they work in. */
export function useSeal(): Seal {
  const { client, id, userId } = useWorkspace();
  return useCallback(async (secret, url) => (CAN_SEAL ? client.sealKey(secret, { url, userId, workspaceId: id }) : secret), [client, id, userId]);
}

/** Whether `text` is the address of a server. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text.trim()) && URL.canParse(text.trim());
}
