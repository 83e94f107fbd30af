import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyDone } from "@/shared/ui/notify";
import { Listed } from "@/shared/ui/Listed";
import { PanelHead } from "@/shared/ui/PanelHead";
import type { IdentityProvider } from "../api";
import { ProviderForm } from "../components/ProviderForm";
import { ProviderList } from "../components/ProviderList";
import { ScimDialog } from "../components/ScimDialog";
import { useDeleteProvider, useIdentityProviders } from "../hooks";
import { texts } from "../texts";

type Kind = "edit" | "scim" | "delete";
type Open = { kind: "create" } | { kind: Kind; provider: IdentityProvider } | null;

/** By whom people may sign in: for the administrator of the installation. */
export function SignOnPanel() {
  const providers = useIdentityProviders();
  const remove = useDeleteProvider();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const show = (kind: Kind) => (provider: IdentityProvider) => setOpen({ kind, provider });
  return (
    <>
      <PanelHead about={texts.about}>
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
          {texts.add}
        </Button>
      </PanelHead>
      <Listed query={providers} rows={3} loading={texts.loading} empty={{ title: texts.empty, about: texts.emptyAbout }}>
        {(all) => (
          <ProviderList providers={all} onEdit={show("edit")} onScim={show("scim")} onDelete={show("delete")} />
        )}
      </Listed>
      {open?.kind === "create" ? <ProviderForm editing={null} onClose={close} /> : null}
      {open?.kind === "edit" ? <ProviderForm editing={open.provider} onClose={close} /> : null}
      {open?.kind === "scim" ? <ScimDialog provider={open.provider} onClose={close} /> : null}
      {open?.kind === "delete" ? (
        <ConfirmDestroy
          opened
          title={texts.deleting(open.provider.name)}
          about={texts.deletingAbout}
          affected={[texts.deletingRoles, ...(open.provider.scimTokenMask === null ? [] : [texts.deletingScim]), texts.deletingAccounts]}
          action={texts.delete}
          onClose={close}
          onConfirm={async () => {
            await remove(open.provider.id);
            notifyDone(texts.done.gone(open.provider.name));
          }}
        />
      ) : null}
    </>
  );
}
