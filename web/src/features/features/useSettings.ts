import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TrunklineError } from "@trunkline/client";
import { type FormEvent, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { notifyDone } from "@/shared/ui/notify";
import { useSeal } from "@/shared/api/sealing";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, featureQuery, hasSettings, updateFeature } from "./api";
import { useChanged } from "./hooks";
import { changed, changeOf, type Settings, settingsOf, settingsSchema } from "./settings";
import { texts } from "./texts";

const OPENROUTER = "https://openrouter.ai/api/v1";

/**
 * A feature's settings as a form. When somebody else saves meanwhile, what was changed here stays, on top of theirs. What the
 * server finds wrong stands at its field.
 */
export function useSettings(feature: FeatureSettings) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const tellChanged = useChanged();
  const [base, setBase] = useState(feature);
  const [conflict, setConflict] = useState(false);
  const [reason, setReason] = useState("");
  const form = useForm<Settings>({ resolver: zodResolver(settingsSchema), defaultValues: settingsOf(feature), mode: "onBlur" });
  const before = settingsOf(base);
  const changes = changed(before, { ...before, ...useWatch({ control: form.control }) }).length;

  /** What was not changed here becomes what `next` says. */
  const rebase = (next: FeatureSettings): void => {
    setBase(next);
    form.reset(settingsOf(next), { keepDirtyValues: true });
  };
  const restart = (next: FeatureSettings): void => {
    setBase(next);
    setConflict(false);
    setReason("");
    form.reset(settingsOf(next));
  };
  const sealFor = useSeal();
  const seal = async (): Promise<string | null> => {
    const { apiKey, baseUrl } = form.getValues();
    // People copy blanks and quotes along.
    const plain = apiKey.trim().replaceAll(/^["']|["']$/g, "");
    return plain === "" ? null : sealFor(plain, baseUrl || OPENROUTER);
  };
  const change = async () => changeOf(before, form.getValues(), await seal());

  const saving = useMutation({
    mutationFn: async () => {
      const why = reason.trim();
      return updateFeature(client, base.slug, { ...(await change()), ...(why === "" ? {} : { reason: why }) }, base.revision);
    },
    onSuccess: async (next) => {
      restart(next);
      notifyDone(texts.saved);
      await tellChanged(next);
    },
    onError: async (error) => {
      if (!(error instanceof TrunklineError)) return;
      if (error.status === 412 || error.status === 409) {
        const now = await queries.fetchQuery({ ...featureQuery(client, id, base.slug), staleTime: 0 });
        if (hasSettings(now)) rebase(now);
        setConflict(true);
      }
      for (const { field, message } of error.errors) form.setError(field.split(".")[0] as keyof Settings, { message });
    },
  });
  const told = saving.error instanceof TrunklineError && (saving.error.status === 412 || saving.error.status === 409 || saving.error.errors.length > 0);
  return {
    form,
    changes,
    conflict,
    reason,
    setReason,
    seal,
    change,
    restart,
    saving: saving.isPending,
    problem: told ? null : saving.error,
    save: (event: FormEvent) => form.handleSubmit(() => saving.mutate())(event),
  };
}
