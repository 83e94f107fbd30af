import { Text } from "@mantine/core";
import { JsonBlock } from "@/shared/ui/JsonBlock";
import type { Call } from "../api";
import { texts } from "../texts";
import { Section } from "./Section";

const HEIGHT = 320;

/** What was asked and answered, where the workspace keeps it. */
export function CallContent({ call: { content } }: { call: Call }) {
  const { drawer } = texts;
  return (
    <Section title={drawer.content}>
      {content === null ? <Text c="dimmed">{drawer.noContent}</Text> : null}
      {content?.request ? <JsonBlock value={pretty(content.request)} label={drawer.request} wrap maxHeight={HEIGHT} /> : null}
      {content?.answer ? <JsonBlock value={pretty(content.answer)} label={drawer.answer} wrap maxHeight={HEIGHT} /> : null}
      {content?.cut ? (
        <Text size="sm" c="dimmed">
          {drawer.cut}
        </Text>
      ) : null}
    </Section>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
