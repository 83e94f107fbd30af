import { Button, Menu, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { choicesQuery, findChoice } from "@/shared/choices/choices";
import { slugify } from "@/shared/format/slug";
import { FormDialog } from "@/shared/ui/FormDialog";
import { notifyDone } from "@/shared/ui/notify";
import { useMay, useWorkspace } from "@/shared/workspace";
import { saveConfiguration, saveFeature } from "../api";
import type { Asked } from "../kinds";
import { texts } from "../texts";

type What = "feature" | "configuration";

/** Keeps what stands in the form as a feature or as a configuration. */
export function SaveAs({ asked }: { asked: Asked }) {
  const mayFeature = useMay("features.change");
  const mayConfigure = useMay("configurations.change");
  const [what, setWhat] = useState<What | null>(null);
  if (!mayFeature && !mayConfigure) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />} disabled={asked.model === ""}>
            {texts.saveAs}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayFeature ? <Menu.Item onClick={() => setWhat("feature")}>{texts.saveFeature}</Menu.Item> : null}
          {mayConfigure ? <Menu.Item onClick={() => setWhat("configuration")}>{texts.saveConfiguration}</Menu.Item> : null}
        </Menu.Dropdown>
      </Menu>
      {what === null ? null : <Dialog what={what} asked={asked} onClose={() => setWhat(null)} />}
    </>
  );
}

function Dialog({ what, asked, onClose }: { what: What; asked: Asked; onClose: () => void }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const { data: choices = [] } = useQuery(choicesQuery(client, id));
  const [name, setName] = useState("");
  const saving = useMutation({
    mutationFn: async () => {
      const choice = findChoice(choices, asked.model);
      if (what === "feature") await saveFeature(client, slugify(name), name.trim(), asked, choice);
      else await saveConfiguration(client, name.trim(), asked, choice);
    },
    onSuccess: async () => {
      notifyDone(what === "feature" ? texts.savedFeature(name.trim()) : texts.savedConfiguration(name.trim()));
      onClose();
      for (const key of ["features", "configurations", "choices"]) await queries.invalidateQueries({ queryKey: [key, id] });
    },
  });
  return (
    <FormDialog
      title={texts.saveTitle[what]}
      action={texts.save}
      changed={name !== "" && !saving.isSuccess}
      pending={saving.isPending}
      ready={slugify(name) !== ""}
      error={saving.error}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      <Text>{texts.saveAbout[what]}</Text>
      <TextInput label={texts.name} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={255} data-autofocus />
    </FormDialog>
  );
}
