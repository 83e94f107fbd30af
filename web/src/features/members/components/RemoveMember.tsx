import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyDone } from "@/shared/ui/notify";
import type { Member } from "../api";
import { useKeysOf, useRemovals } from "../hooks";
import { texts } from "../texts";

/** Asks before a member is removed, and names the keys that go with them. */
export function RemoveMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { remove } = useRemovals();
  const keys = useKeysOf(member.userId);
  const name = member.name || member.email;
  const words = texts.removing;
  return (
    <ConfirmDestroy
      opened
      title={words.title(name)}
      about={`${words.about} ${keys.length === 0 ? words.noKeys : words.keys(keys.length)}`}
      affected={keys}
      action={texts.remove}
      onClose={onClose}
      onConfirm={async () => {
        await remove(member.userId);
        notifyDone(texts.done.removed(name));
      }}
    />
  );
}
