import { Group, Text } from "@mantine/core";
import { footerOf } from "./footer";
import type { Figures } from "./running";

/** How quick an answer was and what it took: `412 ms to first token · 38 tok/s · 96 tokens · $0.0004`. */
export function AnswerFooter({ figures, stopped = false }: { figures: Figures; stopped?: boolean }) {
  return (
    <Group gap="2px 16px">
      {footerOf(figures, stopped).map((fact) => (
        <Text key={fact} size="xs" c="dimmed" className="figure">
          {fact}
        </Text>
      ))}
    </Group>
  );
}
