import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { Listed } from "@/shared/ui/Listed";
import { notifyDone } from "@/shared/ui/notify";
import { PanelHead } from "@/shared/ui/PanelHead";
import { useMay } from "@/shared/workspace";
import type { Limit } from "../api";
import { LimitForm } from "../components/LimitForm";
import { LimitList } from "../components/LimitList";
import { useDeleteLimit, useLimits } from "../hooks";
import { texts } from "../texts";
import { amountOf, subjectOf } from "../words";

type Open = { kind: "create" } | { kind: "edit" | "delete"; limit: Limit } | null;

/** How much of what each may use. */
export function LimitsPanel() {
  const limits = useLimits();
  const remove = useDeleteLimit();
  const mayChange = useMay("limits.change");
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const words = texts.limits;
  return (
    <>
      <PanelHead about={words.about}>
        {mayChange ? (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
            {words.add}
          </Button>
        ) : null}
      </PanelHead>
      <Listed query={limits} rows={4} loading={words.loading} empty={{ title: words.empty, about: words.emptyAbout }}>
        {(all) => (
          <LimitList limits={all} onEdit={(limit) => setOpen({ kind: "edit", limit })} onDelete={(limit) => setOpen({ kind: "delete", limit })} />
        )}
      </Listed>
      {open?.kind === "create" ? <LimitForm editing={null} onClose={close} /> : null}
      {open?.kind === "edit" ? <LimitForm editing={open.limit} onClose={close} /> : null}
      {open?.kind === "delete" ? (
        <ConfirmDestroy
          opened
          title={texts.deleteLimit.title}
          about={texts.deleteLimit.about(amountOf(open.limit), subjectOf(open.limit))}
          action={texts.budgets.delete}
          onClose={close}
          onConfirm={async () => {
            await remove(open.limit.id);
            notifyDone(texts.done.limitGone);
          }}
        />
      ) : null}
    </>
  );
}
