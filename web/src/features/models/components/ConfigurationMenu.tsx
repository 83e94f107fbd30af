import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { notifyDone, notifyFailed } from "@/shared/ui/notify";
import { useMayChange } from "@/shared/subjects/useMayChange";
import { type RowAction, RowMenu } from "@/shared/ui/RowMenu";
import { useMay } from "@/shared/workspace";
import type { Configuration } from "../api";
import { useTestConnection, useUpdateConfiguration } from "../hooks";
import { texts } from "../texts";
import { DeleteConfiguration } from "./DeleteConfiguration";

/** What can be done with one configuration of the table. */
export function ConfigurationMenu({ configuration }: { configuration: Configuration }) {
  const mayChange = useMayChange(configuration);
  const mayTest = useMay("configurations.test");
  const navigate = useNavigate();
  const testing = useTestConnection();
  const updating = useUpdateConfiguration();
  const [deleting, setDeleting] = useState(false);
  const { id, name, isActive, shared } = configuration;
  // There it says which stage failed, and what to do.
  const open = () => void navigate({ to: "/configurations/$configurationId", params: { configurationId: id }, search: {} });
  const change = (body: Record<string, unknown>) =>
    updating.mutate({ configurationId: id, body }, { onSuccess: () => notifyDone(texts.settings.saved), onError: notifyFailed });
  const test: RowAction = {
    label: texts.bulk.test,
    run: () => testing.mutate(id, { onSuccess: ({ success }) => (success ? notifyDone(texts.test.passed) : open()), onError: notifyFailed }),
  };
  const changes: RowAction[] = [
    { label: isActive ? texts.bulk.off : texts.bulk.on, run: () => change({ isActive: !isActive }) },
    { label: shared ? texts.bulk.unshare : texts.bulk.share, run: () => change({ shared: !shared }) },
    { label: texts.bulk.delete, run: () => setDeleting(true), destroys: true },
  ];
  return (
    <>
      <RowMenu label={texts.list.actions(name)} actions={[...(mayTest ? [test] : []), ...(mayChange ? changes : [])]} />
      {deleting ? <DeleteConfiguration configuration={configuration} onClose={() => setDeleting(false)} onDeleted={() => setDeleting(false)} /> : null}
    </>
  );
}
