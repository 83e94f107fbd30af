import { notifyDone } from "@/shared/ui/notify";
import type { Key } from "../api";
import { expiryOf } from "../form";
import { useUpdateKey } from "../hooks";
import { texts } from "../texts";
import { KeyForm } from "./KeyForm";

/** Changes a key's name, models and expiry; the key itself stays. */
export function EditKey({ edited, onClose }: { edited: Key; onClose: () => void }) {
  const saving = useUpdateKey(edited.id);
  return (
    <KeyForm
      editing={edited}
      pending={saving.isPending}
      error={saving.error}
      onClose={onClose}
      save={async (values) => {
        const expiresAt = expiryOf(values);
        await saving.mutateAsync({ name: values.name.trim(), models: values.models, ...(expiresAt === undefined ? {} : { expiresAt }) });
        notifyDone(texts.done.saved);
        onClose();
      }}
    />
  );
}
