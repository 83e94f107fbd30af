import { useQuery } from "@tanstack/react-query";
import { RevisionList } from "@/shared/revisions/RevisionList";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, revertFeature, revisionsQuery } from "../api";
import { useChanged } from "../hooks";
import { texts } from "../texts";

/** What was saved, by whom and why, and the way back to it. */
export function Revisions({ feature, onReverted }: { feature: FeatureSettings; onReverted: (feature: FeatureSettings) => void }) {
  const { client, id } = useWorkspace();
  const revisions = useQuery(revisionsQuery(client, id, feature.slug));
  const changed = useChanged();
  const revert = async (number: number, reason: string) => {
    const next = await revertFeature(client, feature.slug, number, { revision: feature.revision, reason });
    await changed(next);
    onReverted(next);
  };
  return (
    <Loaded query={revisions} skeleton={<ListSkeleton rows={3} label={texts.history} />}>
      {(list) => <RevisionList revisions={list} current={feature.revision} about={texts.revertAbout} revert={revert} />}
    </Loaded>
  );
}
