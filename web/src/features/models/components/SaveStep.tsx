import { Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import type { Provider } from "../api";
import type { DraftValues } from "../draft";
import { texts } from "../texts";

/** The last step: its name, and who may use it. */
export function SaveStep({
  values,
  provider,
  problems,
  onChange,
  onSave,
}: {
  values: DraftValues;
  provider: Provider;
  problems: Record<string, string>;
  onChange: (change: Partial<DraftValues>) => void;
  onSave: () => void;
}) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <Stack p="md">
        <Title order={2}>{texts.save.title}</Title>
        <Group gap="sm" wrap="nowrap">
          <ProviderMark provider={provider.name} />
          <div>
            <Text fw={550}>{provider.displayName}</Text>
            <Text className="mono" c="dimmed">
              {values.model}
            </Text>
          </div>
        </Group>
        <TextInput
          label={texts.save.name}
          description={texts.save.nameHint}
          value={values.name}
          error={problems["name"]}
          maxLength={255}
          data-autofocus
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Checkbox label={texts.save.shared} description={texts.save.sharedHint} checked={values.shared} onChange={(event) => onChange({ shared: event.currentTarget.checked })} />
      </Stack>
    </form>
  );
}
