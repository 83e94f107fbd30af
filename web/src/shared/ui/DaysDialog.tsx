import "@mantine/dates/styles.css";
import { Button, Group, Modal, Stack } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useState } from "react";
import { texts } from "@/shared/texts";

/** From which day to which, by a calendar. */
export function DaysDialog({
  value,
  onChange,
  onClose,
}: {
  value: { from: string; to: string } | null;
  onChange: (next: { from: string; to: string }) => void;
  onClose: () => void;
}) {
  const [today] = useState(() => new Date());
  const [[from, to], setDays] = useState<[string | null, string | null]>([value?.from ?? null, value?.to ?? null]);
  return (
    <Modal opened onClose={onClose} title={texts.range.label} size="auto" closeButtonProps={{ "aria-label": texts.close }}>
      <Stack>
        <DatePicker type="range" allowSingleDateInRange value={[from, to]} onChange={setDays} maxDate={today} />
        <Group justify="flex-end">
          <Button disabled={from === null || to === null} onClick={() => from !== null && to !== null && onChange({ from, to })}>
            {texts.range.apply}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
