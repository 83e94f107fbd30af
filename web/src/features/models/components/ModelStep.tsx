import { Stack, Title } from "@mantine/core";
import type { ConfigurationDraft } from "@trunkline/client";
import type { Provider } from "../api";
import type { DraftValues } from "../draft";
import { useProviderModels } from "../hooks";
import { texts } from "../texts";
import { ModelChoice } from "./ModelChoice";
import { PullModel } from "./PullModel";

/** Which model: from the live list of the key that was entered, typed, or downloaded where the provider keeps models itself. */
export function ModelStep({
  provider,
  values,
  stamp,
  draft,
  job,
  onModel,
  onJob,
}: {
  provider: Provider;
  values: DraftValues;
  stamp: string;
  draft: () => Promise<ConfigurationDraft>;
  job: string;
  onModel: (model: string) => void;
  onJob: (job: string) => void;
}) {
  const list = useProviderModels(provider.name, stamp, draft);
  return (
    <Stack p="md">
      <Title order={2}>{texts.model.title}</Title>
      <ModelChoice list={list} chosen={values.model} onChoose={onModel} />
      {provider.capabilities.includes("pull_model") ? <PullModel baseUrl={values.baseUrl} job={job} onJob={onJob} onDone={onModel} /> : null}
    </Stack>
  );
}
