import { Button, Group, Paper, Stack, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { CAN_SEAL } from "@/shared/api/sealing";
import { useFocusOn } from "@/shared/focus";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { useWorkspace } from "@/shared/workspace";
import { type Configuration, previewQuery } from "../api";
import { bodyWithoutKey, type DraftValues, draftProblems, type Step, STEPS, useSealing } from "../draft";
import { useCreateConfiguration } from "../hooks";
import { cleanKey, ending } from "../keys";
import { useProviderStore } from "../stores";
import { texts } from "../texts";
import { useWizard, type WizardSearch } from "../wizard";
import classes from "./AddNewConfiguration.module.css";
import { ConfigurationValidator } from "./ConfigurationValidator";
import { ModelStep } from "./ModelStep";
import { ParameterFields } from "./ParameterFields";
import { ProviderConfig } from "./ProviderConfig";
import { ProviderSelection } from "./ProviderSelection";
import { RequestPreview } from "./RequestPreview";
import { SaveStep } from "./SaveStep";
import { TestStep } from "./TestStep";
import { WizardSteps } from "./WizardSteps";

const QUIET_MS = 350;

/** The way to a new configuration, in six steps, with the request that will be sent beside it. Nothing is saved before the last. */
export function AddNewConfiguration({
  search,
  onSearch,
  onSaved,
}: {
  search: WizardSearch;
  onSearch: (next: WizardSearch) => void;
  onSaved: (configuration: Configuration) => void;
}) {
  const { client } = useWorkspace();
  const { supportedProviders: providers } = useProviderStore();
  const { values, provider, set, step, reachable, changed, tested, setTested, stamp } = useWizard(search, onSearch, providers);
  const seal = useSealing();
  const creating = useCreateConfiguration();
  const [pressed, setPressed] = useState<Step | null>(null);
  const [shown] = useDebouncedValue(JSON.stringify({ ...hideHeaders(values), provider: values.provider }), QUIET_MS);
  const asked = JSON.parse(shown) as DraftValues;
  const askedProvider = providers.find(({ name }) => name === asked.provider);
  // Without an address that can be one, there is nothing to ask.
  const hasAddress = askedProvider !== undefined && draftProblems(asked, askedProvider, "key")["baseUrl"] === undefined;
  const preview = useQuery({ ...previewQuery(client, asked.provider, bodyWithoutKey(asked)), enabled: hasAddress, placeholderData: (before) => (hasAddress ? before : undefined) });
  const draft = () => seal(values.provider, values);
  const problems = pressed === step ? draftProblems(values, provider, step) : {};
  const go = (to: Step) => set({}, { step: to });
  const next = () => {
    setPressed(step);
    const after = STEPS[STEPS.indexOf(step) + 1];
    if (after !== undefined && Object.keys(draftProblems(values, provider, step)).length === 0) go(after);
  };
  const save = () => {
    setPressed("save");
    if (Object.keys(draftProblems(values, provider)).length > 0) return;
    creating.mutate(async () => ({ ...(await draft()), name: values.name.trim(), provider: values.provider, model: values.model.trim(), shared: values.shared }));
  };
  // After the guard has heard of it, which would ask otherwise.
  useEffect(() => {
    if (creating.data !== undefined) onSaved(creating.data);
    // oxlint-disable-next-line react/exhaustive-deps -- once, when it is saved
  }, [creating.data]);
  const panel = useFocusOn<HTMLDivElement>(step);
  const parameters = Object.keys(values.configuration).length;
  return (
    <div className={classes.frame}>
      <LeaveGuard when={changed && !creating.isSuccess} />
      <WizardSteps
        step={step}
        reachable={reachable}
        onStep={go}
        about={{
          ...(provider === undefined ? {} : { provider: provider.displayName }),
          ...(step === "provider" || !reachable("test") ? {} : { key: values.key === "" ? values.baseUrl || texts.wizard.noKey : texts.wizard.sealedHere(ending(cleanKey(values.key))) }),
          ...(tested === "not" ? {} : { test: tested === "passed" ? texts.wizard.tested : texts.wizard.failed }),
          ...(values.model === "" ? {} : { model: values.model }),
          ...(parameters === 0 ? {} : { parameters: texts.wizard.set(parameters) }),
        }}
      />
      <Stack miw={0}>
        <Paper ref={panel} tabIndex={-1} withBorder={step !== "test"} className={step === "test" ? classes.panel : `${classes.panel} ${classes.card}`}>
          {step === "provider" ? (
            <ProviderSelection
              providers={providers}
              chosen={values.provider}
              onChoose={(chosen, key) =>
                set({ provider: chosen.name, ...(key === undefined ? {} : { key }), ...(chosen.name === values.provider ? {} : { baseUrl: chosen.requiresBaseUrl ? (chosen.baseUrl ?? "") : "", model: search.provider === undefined ? values.model : "", configuration: {} }) }, { step: chosen.acceptsApiKey || chosen.requiresBaseUrl ? "key" : "test" })
              }
            />
          ) : null}
          {step === "key" && provider !== undefined ? (
            <ProviderConfig provider={provider} providers={providers} values={values} problems={problems} onChange={set} onProvider={(other) => set({ provider: other.name, baseUrl: "", configuration: {} })} />
          ) : null}
          {step === "test" && provider !== undefined ? <TestStep provider={provider} values={values} draft={draft} onTested={setTested} onStep={go} /> : null}
          {step === "model" && provider !== undefined ? (
            <ModelStep provider={provider} values={values} stamp={stamp} draft={draft} job={search.job ?? ""} onModel={(model) => set({ model })} onJob={(job) => set({}, { job })} />
          ) : null}
          {step === "parameters" && provider !== undefined ? (
            <Stack p="md">
              <Title order={2}>{texts.parameters.title}</Title>
              <ParameterFields provider={provider.name} value={values.configuration} preview={preview.data} onChange={(configuration) => set({ configuration })} />
            </Stack>
          ) : null}
          {step === "save" && provider !== undefined ? <SaveStep values={values} provider={provider} problems={problems} onChange={set} onSave={save} /> : null}
        </Paper>
        <ConfigurationValidator problems={step === "save" ? problems : {}} error={creating.error} onStep={go} />
        <Group justify="flex-end" gap="xs">
          {step === "provider" ? null : (
            <Button variant="default" onClick={() => go(STEPS[STEPS.indexOf(step) - 1] ?? "provider")}>
              {texts.wizard.back}
            </Button>
          )}
          {step === "save" ? (
            <Button loading={creating.isPending} onClick={save}>
              {texts.wizard.next.save}
            </Button>
          ) : (
            <Button onClick={next} disabled={provider === undefined} variant={step === "test" && tested === "failed" ? "default" : "filled"}>
              {step === "test" && tested === "failed" ? texts.wizard.goOn : step === "provider" && provider?.acceptsApiKey === false ? texts.wizard.next.address : texts.wizard.next[step]}
            </Button>
          )}
        </Group>
      </Stack>
      <RequestPreview query={preview} name={values.name} sealed={CAN_SEAL && cleanKey(values.key) !== ""} />
    </div>
  );
}

/** Values of headers may be secret, and a preview needs none of them. */
function hideHeaders(values: DraftValues): DraftValues {
  const { headers } = values.configuration;
  const shown = { ...values, key: "", name: "" };
  if (typeof headers !== "object" || headers === null) return shown;
  return { ...shown, configuration: { ...values.configuration, headers: Object.fromEntries(Object.keys(headers).map((name) => [name, "…"])) } };
}
