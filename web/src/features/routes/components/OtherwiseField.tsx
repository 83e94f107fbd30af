import { Select } from "@mantine/core";
import { texts } from "../texts";

/** Options that a list shows at once; typing finds the others. */
const MOST = 100;

/** What serves calls that do not fulfil the conditions of a route: one of `others`, or the one that was saved. */
export function OtherwiseField({ id, name, others, disabled, onChange }: { id: string; name: string; others: { id: string; name: string }[]; disabled: boolean; onChange: (id: string) => void }) {
  const known = id === "" || others.some((each) => each.id === id);
  const places = [...others, ...(known ? [] : [{ id, name: name || id }])].map((each) => ({ value: each.id, label: each.name }));
  return (
    <Select mt="sm" label={texts.form.otherwise} description={texts.form.otherwiseHint} searchable clearable limit={MOST} disabled={disabled} data={places} value={id || null} onChange={(chosen) => onChange(chosen ?? "")} />
  );
}
