import { ActionIcon, Box, Button } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./FieldRow.module.css";

/** Fields of one thing among several, side by side; on a phone one below the other. `remove` names the button that takes it away. */
export function FieldRow({ remove, onRemove, children }: { remove: string; onRemove?: (() => void) | undefined; children: ReactNode }) {
  return (
    <Box className={classes.row}>
      {children}
      {onRemove === undefined ? null : (
        <ActionIcon variant="subtle" color="gray" mt={4} aria-label={remove} onClick={onRemove}>
          <Trash2 size={14} aria-hidden />
        </ActionIcon>
      )}
    </Box>
  );
}

/** Adds one more of them. */
export function AddRow({ label, onAdd }: { label: string; onAdd: () => void }) {
  return (
    <Button size="xs" variant="default" mt="xs" leftSection={<Plus size={14} aria-hidden />} onClick={onAdd}>
      {label}
    </Button>
  );
}
