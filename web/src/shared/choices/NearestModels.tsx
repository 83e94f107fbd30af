import { Button, Group } from "@mantine/core";
import { texts } from "./texts";

/** Models that can take the place of one that is withdrawn, each at one press. `pending`: the one that is being saved. */
export function NearestModels({ models, pending, onChoose }: { models: readonly string[]; pending?: string | undefined; onChoose: (model: string) => void }) {
  return (
    <Group gap="xs" mt={6}>
      {models.map((model) => (
        <Button key={model} size="compact-sm" variant="default" loading={pending === model} onClick={() => onChoose(model)}>
          {texts.changeTo(model)}
        </Button>
      ))}
    </Group>
  );
}
