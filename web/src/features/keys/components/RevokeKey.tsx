import { ago } from "@/shared/format/time";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyDone } from "@/shared/ui/notify";
import type { Key } from "../api";
import { useDeleteKey, useDependents } from "../hooks";
import { texts } from "../texts";

/** Asks before a key is revoked, and says what depends on it. */
export function RevokeKey({ revoked, onClose }: { revoked: Key; onClose: () => void }) {
  const revoke = useDeleteKey();
  const { data, isError } = useDependents(revoked.id);
  const words = texts.revoking;
  const affected = [
    revoked.lastUsedAt === null ? words.unused : words.used(ago(revoked.lastUsedAt)),
    ...(data !== undefined && data.limits > 0 ? [words.limits(data.limits)] : []),
    ...(data?.budgets ?? []).map(words.budget),
    ...(data?.policies ?? []).map(words.policy),
    ...(isError ? [words.unknown] : []),
  ];
  return (
    <ConfirmDestroy
      opened
      title={words.title(revoked.name)}
      about={words.about}
      affected={affected}
      action={texts.revoke}
      onClose={onClose}
      onConfirm={async () => {
        await revoke(revoked.id);
        notifyDone(texts.done.revoked(revoked.name));
      }}
    />
  );
}
