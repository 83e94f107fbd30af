import { Button, Text } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { CopyAs } from "@/shared/ui/CopyAs";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { MorePages } from "@/shared/ui/MorePages";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useMay } from "@/shared/workspace";
import type { Key } from "../api";
import { CreateKey } from "../components/CreateKey";
import { EditKey } from "../components/EditKey";
import { KeyFilters } from "../components/KeyFilters";
import { KeyList } from "../components/KeyList";
import { RevokeKey } from "../components/RevokeKey";
import { useKeyLimits, useKeys } from "../hooks";
import { type KeySearch, select } from "../rows";
import { texts } from "../texts";

type Open = { kind: "create" } | { kind: "edit" | "revoke"; key: Key } | null;

/** The API keys of the workspace: what each may do, until when, and when it was last used. */
export function KeysPage({ search, onSearch }: { search: KeySearch; onSearch: (next: KeySearch) => void }) {
  const keys = useKeys();
  const limits = useKeyLimits();
  const mayCreate = useMay("keys.create");
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const add = mayCreate ? (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
      {texts.add}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <CopyAs sent={{ method: "GET", path: "/api/keys" }} />
            {add}
          </>
        }
      />
      <Loaded query={keys} skeleton={<ListSkeleton rows={5} label={texts.loading} />}>
        {(all) => {
          if (all.length === 0) return <EmptyState title={texts.empty.title}>{mayCreate ? texts.empty.about : texts.empty.viewer}</EmptyState>;
          const shown = select(all, search);
          return (
            <>
              <KeyFilters search={search} onSearch={onSearch} />
              {shown.length === 0 ? (
                <Text c="dimmed">{texts.filters.none}</Text>
              ) : (
                <KeyList keys={shown} limits={limits.data ?? []} onEdit={(key) => setOpen({ kind: "edit", key })} onRevoke={(key) => setOpen({ kind: "revoke", key })} />
              )}
              <MorePages query={keys} />
            </>
          );
        }}
      </Loaded>
      {open?.kind === "create" ? <CreateKey onClose={close} /> : null}
      {open?.kind === "edit" ? <EditKey edited={open.key} onClose={close} /> : null}
      {open?.kind === "revoke" ? <RevokeKey revoked={open.key} onClose={close} /> : null}
    </>
  );
}
