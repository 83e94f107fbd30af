import { useState } from "react";
import { z } from "zod";
import type { Provider } from "./api";
import { type DraftValues, draftProblems, type Step, STEPS } from "./draft";
import type { Settings } from "./settings";

/** What the address keeps of a new configuration: all but its key and its parameters. */
export const wizardSearch = z.object({
  step: z.enum(STEPS).optional().catch(undefined),
  provider: z.string().optional().catch(undefined),
  baseUrl: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  /** A download that is followed. */
  job: z.string().optional().catch(undefined),
});
export type WizardSearch = z.infer<typeof wizardSearch>;

/** How the last test of a draft ended. */
export type Tested = "not" | "passed" | "failed";

/** The values of the form, where one is in it, and where one may go. */
export function useWizard(search: WizardSearch, onSearch: (next: WizardSearch) => void, providers: Provider[]) {
  const [secret, setSecret] = useState({ key: "", configuration: {} as Settings, name: "", shared: false });
  const [tested, setTested] = useState<Tested>("not");
  // Counts whatever the provider's list of models depends on, so that a key is part of no cache's key.
  const [version, setVersion] = useState(0);
  const values: DraftValues = { ...secret, provider: search.provider ?? "", baseUrl: search.baseUrl ?? "", model: search.model ?? "" };
  const provider = providers.find((each) => each.name === values.provider);

  const set = (change: Partial<DraftValues>, next: Partial<WizardSearch> = {}) => {
    const { provider: chosen, baseUrl, model, ...rest } = change;
    if (Object.keys(rest).length > 0) setSecret((before) => ({ ...before, ...rest }));
    const kept = { ...(chosen === undefined ? {} : { provider: chosen }), ...(baseUrl === undefined ? {} : { baseUrl }), ...(model === undefined ? {} : { model }) };
    if (Object.keys(kept).length > 0 || Object.keys(next).length > 0) onSearch({ ...search, ...kept, ...next });
    if ("key" in change || "baseUrl" in change || "provider" in change) {
      setTested("not");
      setVersion((before) => before + 1);
    }
  };
  const reachable = (step: Step): boolean => {
    const before = STEPS[STEPS.indexOf(step) - 1];
    return before === undefined || Object.keys(draftProblems(values, provider, before)).length === 0;
  };
  const wanted = search.step ?? "provider";
  // After a reload the key is gone: what needs it waits until it is there again.
  const step = reachable(wanted) ? wanted : (STEPS.findLast((each) => STEPS.indexOf(each) < STEPS.indexOf(wanted) && reachable(each)) ?? "provider");
  const changed = secret.key !== "" || secret.name !== "" || Object.keys(secret.configuration).length > 0 || values.baseUrl !== "" || values.model !== "";
  return { values, provider, set, step, reachable, changed, tested, setTested, stamp: `draft-${version}` };
}
