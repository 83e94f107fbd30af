import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useProviderNames } from "@/shared/providers";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyDone } from "@/shared/ui/notify";
import { PanelHead } from "@/shared/ui/PanelHead";
import { useMay } from "@/shared/workspace";
import type { Policy } from "../api";
import { PolicyForm } from "../components/PolicyForm";
import { PolicyList } from "../components/PolicyList";
import { useDeletePolicy, usePolicies } from "../hooks";
import { sayRule } from "../rule";
import { texts } from "../texts";

type Open = { kind: "create" } | { kind: "edit" | "delete"; policy: Policy } | null;

/** What calls must not do. `onViolations` shows those of one policy. */
export function PoliciesPanel({ onViolations }: { onViolations: (policyId: string) => void }) {
  const policies = usePolicies();
  const remove = useDeletePolicy();
  const provider = useProviderNames();
  const mayChange = useMay("policies.change");
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <>
      <PanelHead about={texts.about}>
        {mayChange ? (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
            {texts.add}
          </Button>
        ) : null}
      </PanelHead>
      <Loaded query={policies} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState title={texts.empty}>{texts.emptyAbout}</EmptyState>
          ) : (
            <PolicyList
              policies={all}
              onEdit={(policy) => setOpen({ kind: "edit", policy })}
              onDelete={(policy) => setOpen({ kind: "delete", policy })}
              onViolations={({ id }) => onViolations(id)}
            />
          )
        }
      </Loaded>
      {open?.kind === "create" ? <PolicyForm editing={null} onClose={close} /> : null}
      {open?.kind === "edit" ? <PolicyForm editing={open.policy} onClose={close} /> : null}
      {open?.kind === "delete" ? (
        <ConfirmDestroy
          opened
          title={texts.deleting(open.policy.name)}
          about={texts.deletingAbout}
          affected={[sayRule(open.policy, provider)]}
          action={texts.delete}
          onClose={close}
          onConfirm={async () => {
            await remove(open.policy.id);
            notifyDone(texts.done.gone);
          }}
        />
      ) : null}
    </>
  );
}
