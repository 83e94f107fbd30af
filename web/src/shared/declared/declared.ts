import { queryOptions } from "@tanstack/react-query";
import type { AnswerOf, TrunklineClient } from "@trunkline/client";

export type Declarations = AnswerOf<"/api/workspaces/{workspace_id}/declared", "get">;
export type Section = Declarations[number]["objects"][number]["section"];

/** Something that a file may declare. What has no revision is told apart by when it was last changed. */
export interface Declarable {
  id: string;
  revision?: number | undefined;
  updatedAt?: string | null | undefined;
}

/** Where something is declared, when that file was applied last, and whether it was changed since. */
export interface Standing {
  source: string;
  when: string;
  changed: boolean;
}

/** What files declare, by section and id. Of several that declare the same, the one that was applied last counts. */
export type Declared = Map<string, { source: string; when: string; revision: string }>;

const nameOf = (section: Section, id: string): string => `${section}/${id}`;

/** The answer, to look things up in. */
export function indexDeclared(declarations: Declarations): Declared {
  return new Map(
    declarations.flatMap(({ source, declaredAt, objects }) =>
      objects.map(({ section, id, revision }) => [nameOf(section, id), { source, when: declaredAt, revision }] as const),
    ),
  );
}

/** How something stands; null where no file declares it. */
export function standingOf(declared: Declared, section: Section, thing: Declarable): Standing | null {
  const found = declared.get(nameOf(section, thing.id));
  if (found === undefined) return null;
  return { source: found.source, when: found.when, changed: found.revision !== `${thing.revision ?? thing.updatedAt}` };
}

/** What files declare of the workspace. */
export function declaredQuery(client: TrunklineClient, id: string) {
  return queryOptions({
    queryKey: ["declared", id],
    queryFn: async () => indexDeclared(await client.get("/api/workspaces/{workspace_id}/declared", { path: { workspace_id: id } })),
    staleTime: 30_000,
    structuralSharing: false,
  });
}
