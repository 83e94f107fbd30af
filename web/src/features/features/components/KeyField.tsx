import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import type { FeatureSettings } from "../api";
import { texts } from "../texts";

const SOURCES = { own: texts.keyOwn, workspace: texts.keyWorkspace, none: texts.keyNone } as Record<string, string>;

/** Which key serves it, and a way to give it another. What is stored is never shown, and nothing typed means no change. */
export function KeyField({ feature, value, onChange, error }: { feature: FeatureSettings; value: string; onChange: (key: string) => void; error: string | undefined }) {
  const [typing, setTyping] = useState(value !== "");
  if (typing) {
    return (
      <div>
        <PasswordInput
          label={texts.keyNew}
          autoComplete="off"
          autoFocus
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          error={error}
          rightSectionWidth={36}
        />
        <Group justify="space-between" gap={4} mt={4} wrap="nowrap" align="flex-start">
          <Text size="sm" c="dimmed">
            {texts.keySealed}
          </Text>
          <Button
            variant="subtle"
            size="compact-xs"
            flex="none"
            onClick={() => {
              onChange("");
              setTyping(false);
            }}
          >
            {texts.keep}
          </Button>
        </Group>
      </div>
    );
  }
  return (
    <div>
      <TextInput
        label={texts.key}
        readOnly
        classNames={{ input: "mono" }}
        value={feature.keyHint ?? ""}
        placeholder="–"
        error={error}
        rightSectionWidth={76}
        rightSection={
          <Button variant="subtle" size="compact-xs" onClick={() => setTyping(true)}>
            {feature.hasApiKey ? texts.replace : texts.enter}
          </Button>
        }
      />
      <Text size="sm" c="dimmed" mt={4}>
        {SOURCES[feature.keySource] ?? ""}
      </Text>
    </div>
  );
}
