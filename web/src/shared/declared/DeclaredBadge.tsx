import { useQuery } from "@tanstack/react-query";
import { FileCheck, FileDiff } from "lucide-react";
import { ago } from "@/shared/format/time";
import { ToldBadge } from "@/shared/ui/ToldBadge";
import { useWorkspace } from "@/shared/workspace";
import { type Declarable, declaredQuery, type Section, standingOf } from "./declared";
import { texts } from "./texts";

/** Whether a file of `trunkline apply` declares something, and whether it was changed since; nothing where none does. `compact`: an icon alone. */
export function DeclaredBadge({ section, thing, compact = false }: { section: Section; thing: Declarable; compact?: boolean }) {
  const { client, id } = useWorkspace();
  const { data } = useQuery(declaredQuery(client, id));
  const standing = data === undefined ? null : standingOf(data, section, thing);
  if (standing === null) return null;
  const { source, when, changed } = standing;
  return changed ? (
    <ToldBadge tone="fair" word={texts.changed} about={texts.changedAbout(source, ago(when))} {...(compact ? { icon: <FileDiff size={14} aria-hidden color="var(--tl-fair)" /> } : {})} />
  ) : (
    <ToldBadge tone="quiet" word={texts.declared(source)} about={texts.declaredAbout(source)} {...(compact ? { icon: <FileCheck size={14} aria-hidden color="var(--tl-soft)" /> } : {})} />
  );
}
