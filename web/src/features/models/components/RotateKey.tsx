import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { texts as shared } from "@/shared/texts";
import { notifyDone } from "@/shared/ui/notify";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import type { Configuration, Provider } from "../api";
import { useSealing } from "../draft";
import { useReread, useValidateConfiguration } from "../hooks";
import { cleanKey, ending } from "../keys";
import { texts } from "../texts";
import { ConnectionTester } from "./ConnectionTester";
import { KeyField } from "./KeyField";

/** Replaces a key: the new one is tested first, while calls still go with the old one. */
export function RotateKey({ configuration, provider, onClose }: { configuration: Configuration; provider: Provider; onClose: () => void }) {
  const { client } = useWorkspace();
  const reread = useReread();
  const seal = useSealing();
  const [key, setKey] = useState("");
  const [testFirst, setTestFirst] = useState(true);
  const testing = useValidateConfiguration(provider.name);
  // Masked values of headers are of no use in a test; the server keeps those that are stored.
  const { headers: _, ...settings } = configuration.configuration;
  const draft = () =>
    seal(provider.name, { provider: provider.name, key, baseUrl: configuration.baseUrl ?? "", model: configuration.model ?? "", configuration: settings, name: "", shared: false });
  const replacing = useMutation({
    mutationFn: async () => {
      const { apiKey } = await draft();
      return client.post("/api/configurations/{configuration_id}/rotate-key", { path: { configuration_id: configuration.id }, body: { apiKey: apiKey ?? null } });
    },
    onSuccess: async () => {
      await reread(configuration.id);
      notifyDone(texts.rotate.done);
      onClose();
    },
  });
  const failed = testing.data?.success === false;
  const test = () => testing.mutate(draft);
  const begin = () => (testFirst ? testing.mutate(draft, { onSuccess: (verdict) => verdict.success && replacing.mutate() }) : replacing.mutate());
  return (
    <Modal opened onClose={onClose} title={texts.rotate.title(configuration.name)} size="lg" closeButtonProps={{ "aria-label": shared.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (cleanKey(key) !== "") begin();
        }}
      >
        <Stack>
          <KeyField provider={provider} providers={[]} label={texts.rotate.key} value={key} onChange={setKey} />
          <Checkbox label={texts.rotate.testFirst} checked={testFirst} onChange={(event) => setTestFirst(event.currentTarget.checked)} />
          {testing.isPending || testing.stages.length > 0 ? (
            <ConnectionTester
              provider={provider.name}
              title={texts.test.title(provider.displayName)}
              about={texts.test.with(provider.displayName, ending(cleanKey(key)))}
              stages={testing.stages}
              running={testing.isPending}
              onTest={test}
            />
          ) : null}
          {testing.error || replacing.error ? <Problem error={testing.error ?? replacing.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
            {failed ? (
              <Button color="bad" loading={replacing.isPending} onClick={() => replacing.mutate()}>
                {texts.rotate.anyway}
              </Button>
            ) : null}
            <Button type="submit" disabled={cleanKey(key) === ""} loading={testing.isPending || replacing.isPending}>
              {testFirst ? texts.rotate.testAndSave : texts.rotate.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
