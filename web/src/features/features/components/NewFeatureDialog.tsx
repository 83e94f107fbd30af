import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { createFeature, type NewFeature } from "../api";
import { useChanged } from "../hooks";
import { texts } from "../texts";
import { ModelField } from "./ModelField";

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** A feature of the workspace's own: its name and model; the rest is set afterwards. */
export function NewFeatureDialog({ onMade, onClose }: { onMade: (slug: string) => void; onClose: () => void }) {
  const { client } = useWorkspace();
  const changed = useChanged();
  const [name, setName] = useState("");
  const [typedSlug, setSlug] = useState<string | null>(null);
  const [kind, setKind] = useState<NonNullable<NewFeature["kind"]>>("chat");
  const [model, setModel] = useState("openai/gpt-4o-mini");
  const slug = typedSlug ?? slugFrom(name);
  const making = useMutation({
    mutationFn: () => createFeature(client, { name: name.trim(), slug, kind, model }),
    onSuccess: async (feature) => {
      await changed(feature);
      onMade(feature.slug);
    },
  });
  const wrong = slug !== "" && !SLUG.test(slug);
  return (
    <Modal opened onClose={onClose} title={texts.newTitle} closeButtonProps={{ "aria-label": texts.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Stack>
          <TextInput label={texts.name} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus maxLength={255} />
          <TextInput
            label={texts.slug}
            description={texts.slugAbout}
            classNames={{ input: "mono" }}
            value={slug}
            onChange={(event) => setSlug(event.currentTarget.value)}
            error={wrong ? texts.slugWrong : undefined}
            maxLength={64}
          />
          <Select
            label={texts.kind}
            data={Object.entries(texts.kinds).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={(next) => setKind((next ?? "chat") as typeof kind)}
            allowDeselect={false}
          />
          <ModelField value={model} onChange={setModel} />
          {making.error ? <Problem error={making.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" loading={making.isPending} disabled={name.trim() === "" || slug === "" || wrong}>
              {texts.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function slugFrom(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 64);
}
