import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useCopy } from "@/shared/clipboard/useCopy";
import { texts } from "@/shared/texts";

/** Copies `value`. An icon alone unless `label` is given; `what` names what is copied ("Copy the request id"). */
export function CopyButton({ value, label, what = texts.copy }: { value: string; label?: string; what?: string }) {
  const { copied, copy } = useCopy();
  const icon = copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />;
  if (label !== undefined) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => copy(value)}>
        {copied ? texts.copied : label}
      </Button>
    );
  }
  return (
    <Tooltip label={copied ? texts.copied : what}>
      <ActionIcon variant="subtle" color="gray" size={26} aria-label={copied ? texts.copied : what} onClick={() => copy(value)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
