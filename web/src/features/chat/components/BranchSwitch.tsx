import { ActionIcon, Group, Text } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Place } from "../branches";
import { texts } from "../texts";

/** Which of several alternatives is shown, and the way to the others: `‹ 2 of 2 ›`. Nothing where there is one alone. */
export function BranchSwitch({ place, words, onShow }: { place: Place; words: string; onShow: (id: string) => void }) {
  if (place.count < 2) return null;
  const arrow = (id: string | null, label: string, Icon: typeof ChevronLeft) => (
    <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} disabled={id === null} onClick={() => id !== null && onShow(id)}>
      <Icon size={14} aria-hidden />
    </ActionIcon>
  );
  return (
    <Group gap={2} wrap="nowrap">
      {arrow(place.before, texts.before, ChevronLeft)}
      <Text size="sm" c="dimmed" className="figure">
        {words}
      </Text>
      {arrow(place.after, texts.after, ChevronRight)}
    </Group>
  );
}
