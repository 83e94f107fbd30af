import { ActionIcon, Kbd, Text, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { MOD } from "@/shared/keys";
import classes from "./FindButton.module.css";
import { useFinder } from "./Finder";
import { texts } from "./texts";

/** Opens the palette: a field to look at, on a phone an icon. */
export function FindButton() {
  const { find } = useFinder();
  return (
    <>
      <UnstyledButton className={classes.field} onClick={find} visibleFrom="md" aria-keyshortcuts="Meta+K Control+K">
        <Search size={15} aria-hidden />
        <Text span flex={1}>
          {texts.find}
        </Text>
        <Kbd className={classes.key} aria-hidden>
          {MOD}K
        </Kbd>
      </UnstyledButton>
      <ActionIcon variant="subtle" color="gray" size={34} onClick={find} hiddenFrom="md" aria-label={texts.find}>
        <Search size={16} aria-hidden />
      </ActionIcon>
    </>
  );
}
