import { draftOf } from "../form";
import { useCreateKey } from "../hooks";
import { KeyForm } from "./KeyForm";
import { MadeKey } from "./MadeKey";

/** Makes a key, then shows it, once. */
export function CreateKey({ onClose }: { onClose: () => void }) {
  const making = useCreateKey();
  if (making.data !== undefined) return <MadeKey made={making.data} onClose={onClose} />;
  return <KeyForm editing={null} pending={making.isPending} error={making.error} save={(values) => making.mutateAsync(draftOf(values))} onClose={onClose} />;
}
