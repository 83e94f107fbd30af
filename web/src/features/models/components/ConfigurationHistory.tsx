import { useQuery } from "@tanstack/react-query";
import { RevisionList } from "@/shared/revisions/RevisionList";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { useWorkspace } from "@/shared/workspace";
import { type Configuration, revertConfiguration, revisionsQuery } from "../api";
import { useReread } from "../hooks";
import { texts } from "../texts";

/** All saved states of a configuration with what each changed, and a way back to any of them. */
export function ConfigurationHistory({ configuration, mayChange }: { configuration: Configuration; mayChange: boolean }) {
  const { client, id } = useWorkspace();
  const reread = useReread();
  const revisions = useQuery(revisionsQuery(client, id, configuration.id));
  const revert = async (number: number, reason: string) => {
    await revertConfiguration(client, configuration, number, reason);
    await reread(configuration.id);
  };
  return (
    <Loaded query={revisions} skeleton={<ListSkeleton rows={4} label={texts.history.loading} />}>
      {(all) => (
        <RevisionList
          revisions={all}
          current={configuration.revision}
          about={texts.history.revertAbout}
          revert={mayChange ? revert : undefined}
        />
      )}
    </Loaded>
  );
}
