import { useQuery } from "@tanstack/react-query";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { useWorkspace } from "@/shared/workspace";
import { type Configuration, findDependents } from "../api";
import { useDeleteConfiguration } from "../hooks";
import { texts } from "../texts";

/** Asks before a configuration is deleted, and says what depends on it. */
export function DeleteConfiguration({ configuration, onDeleted, onClose }: { configuration: Configuration; onDeleted: () => void; onClose: () => void }) {
  const { client, id } = useWorkspace();
  const deleting = useDeleteConfiguration();
  const dependents = useQuery({ queryKey: ["dependents", id, configuration.id], queryFn: () => findDependents(client, configuration), staleTime: 0 });
  return (
    <ConfirmDestroy
      opened
      title={texts.page.deleteTitle(configuration.name)}
      about={texts.page.deleteAbout}
      affected={(dependents.data ?? []).map((each) => texts.page.dependents[each.kind](each.name))}
      action={texts.page.delete}
      typed={configuration.name}
      onConfirm={async () => {
        await deleting.mutateAsync(configuration.id);
        onDeleted();
      }}
      onClose={onClose}
    />
  );
}
