import { Autocomplete, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { NearestModels } from "@/shared/choices/NearestModels";
import { useWorkspace } from "@/shared/workspace";
import { type Configuration, healthQuery } from "../api";
import { useProviderModels } from "../hooks";
import { texts } from "../texts";

/** The model of a saved configuration: one of those that its key may use, or any that is typed; where it is withdrawn, with what is like it. */
export function ModelInput({ saved, value, disabled, onChange }: { saved: Configuration; value: string; disabled: boolean; onChange: (model: string) => void }) {
  const { client, id } = useWorkspace();
  const { data: list } = useProviderModels(saved.provider, saved.id);
  const { data: health } = useQuery(healthQuery(client, id));
  // What answers is there, whatever the list says: aliases are often not in it.
  const answers = health?.configurations.some((each) => each.configurationId === saved.id && each.state === "healthy");
  const withdrawn = list?.available === false && !answers && value === saved.model;
  return (
    <div>
      <Autocomplete
        label={texts.settings.model}
        classNames={{ input: "mono" }}
        data={[...new Set(list?.models.map((model) => model.id))]}
        limit={50}
        value={value}
        disabled={disabled}
        onChange={onChange}
      />
      {withdrawn ? (
        <Text size="sm" c="var(--tl-fair)" mt={4}>
          {texts.settings.withdrawn}
        </Text>
      ) : null}
      {withdrawn && !disabled ? <NearestModels models={list.nearest} onChoose={onChange} /> : null}
    </div>
  );
}
