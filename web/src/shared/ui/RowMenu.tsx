import { ActionIcon, Menu } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import { LazyMenu } from "./LazyMenu";

/** Something that can be done with a row. */
export interface RowAction {
  label: string;
  run: () => void;
  destroys?: boolean;
}

/** What can be done with a row, behind three dots. `label` names the row: "Actions for “work”". */
export function RowMenu({ label, actions }: { label: string; actions: RowAction[] }) {
  if (actions.length === 0) return null;
  return (
    <LazyMenu
      position="bottom-end"
      width={180}
      target={
        <ActionIcon variant="subtle" color="gray" aria-label={label}>
          <Ellipsis size={16} aria-hidden />
        </ActionIcon>
      }
    >
      {actions.map(({ label: word, run, destroys }) => (
        <Menu.Item key={word} onClick={run} {...(destroys ? { c: "var(--tl-bad)" } : {})}>
          {word}
        </Menu.Item>
      ))}
    </LazyMenu>
  );
}
