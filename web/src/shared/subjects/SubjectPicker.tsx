import { Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { texts } from "@/shared/texts";
import { useWorkspace } from "@/shared/workspace";
import { type SubjectKind, subjectsQuery } from "./subjects";

const EACH = "*";
/** Of thousands so many are drawn at a time; typing finds the others. */
const MOST_SHOWN = 100;

/**
 * For whom or what something is: a kind, and which one. `id` null is the workspace, or with `each` everything of that kind,
 * each for itself; empty: nothing is chosen yet.
 */
export function SubjectPicker<Kind extends SubjectKind>({
  kinds,
  kind,
  id,
  each = false,
  disabled = false,
  error,
  onChange,
}: {
  kinds: readonly Kind[];
  kind: Kind;
  id: string | null;
  each?: boolean;
  disabled?: boolean;
  error?: string | undefined;
  onChange: (kind: Kind, id: string | null) => void;
}) {
  const { client, id: workspaceId } = useWorkspace();
  const found = useQuery(subjectsQuery(client, workspaceId, kind));
  const words = texts.subject;
  const listed = found.data ?? [];
  const known = id === null || id === "" || listed.some(({ value }) => value === id) ? [] : [{ value: id, label: id }];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label={words.for}
        data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        value={kind}
        disabled={disabled}
        allowDeselect={false}
        onChange={(next) => {
          const chosen = kinds.find((one) => one === next);
          if (chosen !== undefined && chosen !== kind) onChange(chosen, chosen === "workspace" || each ? null : "");
        }}
      />
      {kind === "workspace" ? null : kind === "tag" ? (
        <TextInput
          label={words.which.tag}
          description={words.tagAbout}
          value={id ?? ""}
          disabled={disabled}
          error={error}
          onChange={(event) => onChange(kind, event.currentTarget.value)}
        />
      ) : (
        <Select
          label={words.which[kind]}
          data={[...(each ? [{ value: EACH, label: words.each[kind] }] : []), ...known, ...listed]}
          value={id === null ? EACH : id || null}
          disabled={disabled}
          error={error}
          searchable
          limit={MOST_SHOWN}
          allowDeselect={false}
          nothingFoundMessage={words.none}
          onChange={(next) => onChange(kind, next === EACH ? null : (next ?? ""))}
        />
      )}
    </SimpleGrid>
  );
}
