import { UnstyledButton } from "@mantine/core";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./Chip.module.css";

/** Something that is set and can be taken away. */
export function Chip({ children, onRemove }: { children: ReactNode; onRemove: () => void }) {
  return (
    <UnstyledButton className={classes.chip} data-set onClick={onRemove}>
      {children}
      <X size={14} aria-label="remove" />
    </UnstyledButton>
  );
}
