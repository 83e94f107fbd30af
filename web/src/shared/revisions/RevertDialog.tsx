import { Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { texts } from "./texts";

/** Asks for a reason before something becomes again what it was. */
export function RevertDialog({ number, about, revert, onClose }: { number: number; about: string; revert: (reason: string) => Promise<unknown>; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const reverting = useMutation({
    mutationFn: () => revert(reason),
    onSuccess: () => {
      notifyDone(texts.reverted(number));
      onClose();
    },
  });
  return (
    <FormDialog title={texts.revertTitle(number)} action={texts.revert} changed={false} pending={reverting.isPending} error={reverting.error} onSubmit={() => reverting.mutate()} onClose={onClose}>
      <Text>{about}</Text>
      <TextInput label={texts.reason} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
    </FormDialog>
  );
}
