import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "@/shared/workspace";
import { type SubjectKind, subjectsQuery } from "./subjects";

/** Gives the name of something by its id; null for what is gone or not to be seen. */
export function useNames(kind: SubjectKind): (id: string) => string | null {
  const { client, id } = useWorkspace();
  const { data } = useQuery(subjectsQuery(client, id, kind));
  const names = new Map(data?.map(({ value, label }) => [value, label]));
  return (wanted) => names.get(wanted) ?? null;
}
