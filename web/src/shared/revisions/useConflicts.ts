import { TrunklineError } from "@trunkline/client";
import { useState } from "react";
import type { DefaultValues, FieldValues, UseFormReturn } from "react-hook-form";
import type { ConflictDialog } from "./ConflictDialog";
import { differences } from "./differences";

/** What is saved of a form, onto the thing as it was read; null: it is made. */
export interface Saved<Thing, Draft> {
  draft: Draft;
  onto: Thing | null;
}

/**
 * Saves a form onto the state that it began with. Where somebody else saved meanwhile (412), `conflict` is what `ConflictDialog` shows:
 * both sides, to choose from. `begin` gives the fields of what is saved, `draftOf` what is sent of them, `shown` what may be seen of that.
 */
export function useConflicts<Thing, Values extends FieldValues, Draft extends object, Result>({
  editing,
  form,
  saving,
  begin,
  draftOf,
  shown = (draft) => draft,
  read,
  onSaved,
  onFailed = () => undefined,
}: {
  editing: Thing | null;
  form: Pick<UseFormReturn<Values>, "getValues" | "handleSubmit" | "reset">;
  saving: { mutateAsync: (saved: Saved<Thing, Draft>) => Promise<Result>; reset: () => void; isPending: boolean };
  begin: (thing: Thing) => Values;
  draftOf: (values: Values) => Draft;
  shown?: (draft: Draft) => object;
  /** What is saved now. */
  read: (thing: Thing) => Promise<Thing>;
  onSaved: (result: Result) => void;
  onFailed?: (failure: unknown) => void;
}): { save: () => void; conflict: Parameters<typeof ConflictDialog>[0] | null } {
  const [base, setBase] = useState(editing);
  const [theirs, setTheirs] = useState<Thing | null>(null);
  const saveOnto = async (values: Values, onto: Thing | null): Promise<void> => {
    let result: Result;
    try {
      result = await saving.mutateAsync({ draft: draftOf(values), onto });
    } catch (failure) {
      if (onto !== null && failure instanceof TrunklineError && failure.status === 412) {
        try {
          const now = await read(onto);
          saving.reset();
          setTheirs(now);
        } catch {
          // Then what the server said of the change stays in the form.
        }
        return;
      }
      setTheirs(null);
      onFailed(failure);
      return;
    }
    onSaved(result);
  };
  const told = (thing: Thing | null): object => (thing === null ? {} : shown(draftOf(begin(thing))));
  return {
    save: () => void form.handleSubmit((values) => saveOnto(values as unknown as Values, base))(),
    conflict:
      theirs === null
        ? null
        : {
            mine: differences(told(base), shown(draftOf(form.getValues()))),
            theirs: differences(told(base), told(theirs)),
            saving: saving.isPending,
            onMine: () => void saveOnto(form.getValues(), theirs),
            onTheirs: () => {
              setBase(() => theirs);
              form.reset(begin(theirs) as DefaultValues<Values>);
              setTheirs(null);
            },
            onClose: () => setTheirs(null),
          },
  };
}
