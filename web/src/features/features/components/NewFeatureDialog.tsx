import { Select, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { slugify } from "@/shared/format/slug";
import { FormDialog } from "@/shared/ui/FormDialog";
import { useWorkspace } from "@/shared/workspace";
import { createFeature, type NewFeature } from "../api";
import { useChanged } from "../hooks";
import { texts } from "../texts";
import { ModelField } from "./ModelField";

const USUAL_MODEL = "openai/gpt-4o-mini";
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** A feature of the workspace's own: its name and model; the rest is set afterwards. */
export function NewFeatureDialog({ model: wanted = USUAL_MODEL, onMade, onClose }: { model?: string | undefined; onMade: (slug: string) => void; onClose: () => void }) {
  const { client } = useWorkspace();
  const changed = useChanged();
  const [name, setName] = useState("");
  const [typedSlug, setSlug] = useState<string | null>(null);
  const [kind, setKind] = useState<NonNullable<NewFeature["kind"]>>("chat");
  const [model, setModel] = useState(wanted);
  const slug = typedSlug ?? slugify(name);
  const making = useMutation({
    mutationFn: () => createFeature(client, { name: name.trim(), slug, kind, model }),
    onSuccess: async (feature) => {
      await changed(feature);
      onMade(feature.slug);
    },
  });
  const wrong = slug !== "" && !SLUG.test(slug);
  return (
    <FormDialog
      title={texts.newTitle}
      action={texts.create}
      changed={(name !== "" || typedSlug !== null) && !making.isSuccess}
      pending={making.isPending}
      ready={name.trim() !== "" && slug !== "" && !wrong}
      error={making.error}
      onSubmit={() => making.mutate()}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
