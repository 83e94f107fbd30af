import { Paper, Stack, Text } from "@mantine/core";
import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { NearestModels } from "@/shared/choices/NearestModels";
import type { ConfigurationName } from "@/shared/subjects/configurations";
import { useMayChange } from "@/shared/subjects/useMayChange";
import { Badge } from "@/shared/ui/Badge";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { changeModel, standingQuery } from "../api";
import { texts } from "../texts";

const words = texts.withdrawn;

/** Which of `suspects` have a model that their provider no longer lists, with what can take its place at one press. */
export function WithdrawnModels({ suspects }: { suspects: ConfigurationName[] }) {
  const { client, id } = useWorkspace();
  const found = useQueries({
    queries: suspects.map((each) => standingQuery(client, id, each)),
    combine: (results) => results.map(({ data }) => (data?.available === false ? data.nearest : null)),
  });
  const gone = suspects.flatMap((configuration, at) => (found[at] ? [{ configuration, nearest: found[at] }] : []));
  if (gone.length === 0) return null;
  return (
    <Paper withBorder p="md" mb="sm" role="alert">
      <Stack gap="sm" align="flex-start">
        <Badge tone="fair">{words.title}</Badge>
        {gone.map(({ configuration, nearest }) => (
          <Withdrawn key={configuration.id} configuration={configuration} nearest={nearest} />
        ))}
      </Stack>
    </Paper>
  );
}

function Withdrawn({ configuration, nearest }: { configuration: ConfigurationName; nearest: string[] }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const mayChange = useMayChange(configuration);
  const changing = useMutation({
    mutationFn: (model: string) => changeModel(client, configuration, model, words.reason(configuration.model ?? "")),
    onSuccess: async ({ name, model }) => {
      notifyDone(words.changed(name, model ?? ""));
      await queries.invalidateQueries({ queryKey: ["configurations", id] });
    },
  });
  return (
    <div>
      <Text>{words.gone(configuration.model ?? "", configuration.name)}</Text>
      {mayChange && nearest.length > 0 ? (
        <NearestModels models={nearest} pending={changing.isPending ? changing.variables : undefined} onChoose={(model) => changing.mutate(model)} />
      ) : (
        <Text size="sm" c="dimmed">
          {nearest.length === 0 ? words.none : words.nearest(nearest.join(", "))}
        </Text>
      )}
      {changing.error ? <Problem error={changing.error} /> : null}
    </div>
  );
}
