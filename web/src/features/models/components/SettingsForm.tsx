import { Button, Group, Paper, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { TrunklineError } from "@trunkline/client";
import { ConflictDialog } from "@/shared/revisions/ConflictDialog";
import { type Difference, differences } from "@/shared/revisions/differences";
import { Fields } from "@/shared/ui/Fields";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { notifyDone, notifyFailed } from "@/shared/ui/notify";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type Configuration, configurationQuery, previewQuery, type Provider } from "../api";
import { type Editable, editable } from "../editable";
import { bodyWithoutKey, useSealing } from "../draft";
import { useUpdateConfiguration } from "../hooks";
import { cleanKey } from "../keys";
import { settingsChange } from "../settings";
import { texts } from "../texts";
import { BaseUrlField } from "./BaseUrlField";
import { ConfigurationValidator } from "./ConfigurationValidator";
import { ConnectionSettings } from "./ConnectionSettings";
import { KeyField } from "./KeyField";
import { KeyRow } from "./KeyRow";
import { ModelInput } from "./ModelInput";
import { ParameterFields } from "./ParameterFields";
import { RequestPreview } from "./RequestPreview";
import { ReviewChanges } from "./ReviewChanges";
import classes from "./SettingsForm.module.css";

const QUIET_MS = 350;

/** The settings of a saved configuration. What changes is shown before it is saved; who changed it meanwhile is not overwritten. */
export function SettingsForm({ configuration, provider, mayChange }: { configuration: Configuration; provider: Provider; mayChange: boolean }) {
  const { client, id } = useWorkspace();
  const mayAsk = useMay("configurations.test");
  const queries = useQueryClient();
  const [base, setBase] = useState(configuration);
  const [values, setValues] = useState<Editable>(() => editable(configuration));
  const [key, setKey] = useState("");
  const [theirs, setTheirs] = useState<Configuration | null>(null);
  const [reviewing, { open, close }] = useDisclosure(false);
  const updating = useUpdateConfiguration();
  const seal = useSealing();
  const set = (change: Partial<Editable>) => setValues((before) => ({ ...before, ...change }));
  // Nothing typed here: what others save meanwhile is shown as it is.
  if (configuration.revision > base.revision && theirs === null && differences(editable(base), values).length === 0) {
    setBase(configuration);
    setValues(editable(configuration));
  }
  const changes: Difference[] = differences(editable(base), values);
  const moved = (values.baseUrl ?? "") !== (base.baseUrl ?? "");
  const [shown] = useDebouncedValue(values, QUIET_MS);
  const draft = { baseUrl: shown.baseUrl ?? "", model: shown.model ?? "", configuration: shown.configuration };
  const preview = useQuery({ ...previewQuery(client, provider.name, bodyWithoutKey(draft)), placeholderData: (before) => before, enabled: mayAsk });

  const save = async (reason: string, onto: Configuration) => {
    const { configuration: settings, ...plain } = values;
    const change = settingsChange(onto.configuration, settings);
    const changed = differences(editable(onto), values).filter((each) => !each.path.startsWith("configuration."));
    const drafting = cleanKey(key) === "" ? {} : seal(provider.name, { ...draft, key, provider: provider.name, name: "", shared: false });
    const sealed = await Promise.resolve(drafting).catch(notifyFailed);
    if (sealed === undefined) return;
    try {
      const saved = await updating.mutateAsync({
        configurationId: base.id,
        revision: onto.revision,
        reason,
        body: {
          ...Object.fromEntries(Object.entries(plain).filter(([name]) => changed.some((each) => each.path === name))),
          ...(Object.keys(change).length === 0 ? {} : { configuration: change }),
          ...("apiKey" in sealed ? { apiKey: sealed.apiKey } : {}),
        },
      });
      setBase(saved);
      setValues(editable(saved));
      setKey("");
      setTheirs(null);
      notifyDone(texts.settings.saved);
      close();
    } catch (error) {
      close();
      if (error instanceof TrunklineError && error.status === 412) {
        updating.reset();
        setTheirs(await client.get("/api/configurations/{configuration_id}", { path: { configuration_id: base.id } }));
        return;
      }
      // Told in the form, by the mutation itself.
    }
  };

  return (
    <div className={classes.frame}>
      <LeaveGuard when={changes.length > 0 || key !== ""} />
      <Stack miw={0}>
        {mayChange ? null : <Text c="dimmed">{texts.settings.readOnly}</Text>}
        <Paper withBorder p="md" className={classes.card}>
          <Fields readOnly={!mayChange}>
            <TextInput label={texts.settings.name} value={values.name} maxLength={255} onChange={(event) => set({ name: event.currentTarget.value })} />
            <ModelInput saved={base} value={values.model ?? ""} disabled={!mayChange} onChange={(model) => set({ model })} />
            <KeyRow configuration={base} provider={provider} mayChange={mayChange} />
            <BaseUrlField provider={provider} value={values.baseUrl ?? ""} onChange={(baseUrl) => set({ baseUrl: baseUrl === "" ? null : baseUrl })} />
            {moved && base.apiKey !== null ? (
              <div>
                <Text size="sm" c="var(--tl-fair)" mb={6}>
                  {texts.settings.keyAgain}
                </Text>
                <KeyField provider={provider} providers={[]} value={key} onChange={setKey} />
              </div>
            ) : null}
            <ConnectionSettings provider={provider.name} value={values.configuration} onChange={(next) => set({ configuration: next })} />
            <Group gap="xl">
              <Switch label={texts.settings.active} description={texts.settings.activeHint} checked={values.isActive} onChange={(event) => set({ isActive: event.currentTarget.checked })} />
              <Switch label={texts.save.shared} description={texts.save.sharedHint} checked={values.shared} onChange={(event) => set({ shared: event.currentTarget.checked })} />
            </Group>
          </Fields>
        </Paper>
        <Paper withBorder p="md" className={classes.card}>
          <ParameterFields readOnly={!mayChange} provider={provider.name} value={values.configuration} preview={preview.data} onChange={(next) => set({ configuration: next })} />
        </Paper>
        <ConfigurationValidator problems={{}} error={updating.error} />
        <Group justify="flex-end" gap="xs" className={classes.actions}>
          {changes.length > 0 ? (
            <Button
              variant="default"
              onClick={() => {
                setValues(editable(base));
                setKey("");
              }}
            >
              {texts.settings.discard}
            </Button>
          ) : null}
          {mayChange ? (
            <Button onClick={open} disabled={changes.length === 0}>
              {changes.length === 0 ? texts.settings.noChanges : texts.settings.review(changes.length)}
            </Button>
          ) : null}
        </Group>
      </Stack>
      {mayAsk ? <RequestPreview query={preview} name={values.name} sealed={false} /> : null}
      <ReviewChanges opened={reviewing} changes={changes} saving={updating.isPending} onClose={close} onSave={(reason) => void save(reason, base)} />
      {theirs === null ? null : (
        <ConflictDialog
          mine={changes}
          theirs={differences(editable(base), editable(theirs))}
          saving={updating.isPending}
          onMine={() => void save("", theirs)}
          onTheirs={() => {
            setBase(theirs);
            setValues(editable(theirs));
            setTheirs(null);
            queries.setQueryData(configurationQuery(client, id, base.id).queryKey, theirs);
          }}
          onClose={() => setTheirs(null)}
        />
      )}
    </div>
  );
}
