import { Box, Button, CloseButton, Group, Modal, Tabs, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FormProvider } from "react-hook-form";
import { ago } from "@/shared/format/time";
import { Badge } from "@/shared/ui/Badge";
import { LeaveGuard } from "@/shared/ui/LeaveGuard";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, revisionsQuery } from "../api";
import { texts } from "../texts";
import { useSettings } from "../useSettings";
import classes from "./FeatureDialog.module.css";
import { KeyCheck } from "./KeyCheck";
import { ResetAndDelete } from "./ResetAndDelete";
import { Revisions } from "./Revisions";
import { SettingsFields } from "./SettingsFields";
import { TryIt } from "./TryIt";

const TABS = ["settings", "history"] as const;

/** A feature's settings beside a field to try them, and its history. Closing it with changes asks. */
export function FeatureDialog({ feature, tab, onTab, onClose }: { feature: FeatureSettings; tab: string; onTab: (tab: string) => void; onClose: () => void }) {
  const settings = useSettings(feature);
  const [asking, setAsking] = useState(false);
  const close = () => (settings.changes > 0 ? setAsking(true) : onClose());
  return (
    <Modal
      opened
      onClose={close}
      size={860}
      padding={0}
      withCloseButton={false}
      classNames={{ body: classes.body ?? "", content: classes.content ?? "" }}
    >
      <LeaveGuard when={settings.changes > 0} />
      <Tabs value={TABS.find((each) => each === tab) ?? "settings"} onChange={(next) => onTab(next ?? "settings")} keepMounted className={classes.tabs ?? ""}>
        <Group justify="space-between" gap="xs" className={classes.head ?? ""}>
          <Box miw={180} flex={1}>
            <Modal.Title>{feature.name}</Modal.Title>
            <SavedBy feature={feature} />
          </Box>
          <Group gap="xs" wrap="nowrap">
            <Badge tone={feature.ready ? "good" : "bad"}>{feature.ready ? texts.ready : texts.notReady}</Badge>
            <KeyCheck feature={feature} seal={settings.seal} />
            <CloseButton aria-label={texts.close} onClick={close} />
          </Group>
        </Group>
        <Tabs.List aria-label={texts.tabs} px="md">
          <Tabs.Tab value="settings">{texts.settings}</Tabs.Tab>
          <Tabs.Tab value="history">{texts.history}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings" className={classes.panel ?? ""}>
          <FormProvider {...settings.form}>
            <Box component="form" noValidate className={classes.columns} onSubmit={(event) => void settings.save(event)}>
              <Box className={classes.fields}>
                {feature.problem === null ? null : (
                  <Text size="sm" c="var(--tl-bad)" mb="sm">
                    {feature.problem}
                  </Text>
                )}
                <SettingsFields feature={feature} />
              </Box>
              <Box className={classes.trial}>
                <TryIt slug={feature.slug} settings={settings.change} />
              </Box>
              <Box className={classes.foot}>
                {settings.conflict ? (
                  <Text role="alert" size="sm" c="var(--tl-fair)" mb="xs">
                    {texts.conflict}
                  </Text>
                ) : null}
                {settings.problem === null ? null : <Problem error={settings.problem} />}
                {asking ? (
                  <Group role="alert" justify="flex-end" gap="xs" mb="xs">
                    <Text size="sm">{texts.discard}</Text>
                    <Button variant="default" size="xs" onClick={onClose}>
                      {texts.discardAction}
                    </Button>
                  </Group>
                ) : null}
                <Group justify="space-between" gap="xs">
                  <ResetAndDelete feature={feature} onReset={settings.restart} onDeleted={onClose} />
                  <Group gap="xs">
                    {settings.changes === 0 ? null : (
                      <>
                        <Text size="sm" c="dimmed">
                          {texts.changes(settings.changes)}
                        </Text>
                        <TextInput size="xs" aria-label={texts.reason} placeholder={texts.reason} maxLength={500} value={settings.reason} onChange={(event) => settings.setReason(event.currentTarget.value)} />
                      </>
                    )}
                    <Button variant="default" onClick={close}>
                      {texts.cancel}
                    </Button>
                    <Button type="submit" loading={settings.saving} disabled={settings.changes === 0}>
                      {texts.save}
                    </Button>
                  </Group>
                </Group>
              </Box>
            </Box>
          </FormProvider>
        </Tabs.Panel>
        <Tabs.Panel value="history" className={classes.panel ?? ""} p="md">
          <Revisions
            feature={feature}
            onReverted={(next) => {
              settings.restart(next);
              onTab("settings");
            }}
          />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

function SavedBy({ feature }: { feature: FeatureSettings }) {
  const { client, id } = useWorkspace();
  const { data: revisions = [] } = useQuery({ ...revisionsQuery(client, id, feature.slug), enabled: feature.revision > 0 });
  const last = revisions.find((revision) => revision.number === feature.revision);
  return (
    <Text size="sm" c="dimmed">
      {texts.ofFeature(feature.revision, last?.author ?? null, feature.updatedAt === null ? null : ago(feature.updatedAt))}
    </Text>
  );
}
