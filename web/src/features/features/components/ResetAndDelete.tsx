import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { useWorkspace } from "@/shared/workspace";
import { deleteFeature, type FeatureSettings, featuresQuery, resetFeature } from "../api";
import { useChanged } from "../hooks";
import { texts } from "../texts";

/** Back to what a feature came with; one of the workspace's own can be deleted, too. */
export function ResetAndDelete({ feature, onReset, onDeleted }: { feature: FeatureSettings; onReset: (feature: FeatureSettings) => void; onDeleted: () => void }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const changed = useChanged();
  const [asking, setAsking] = useState<"reset" | "delete" | null>(null);
  return (
    <Group gap={4}>
      <Button variant="subtle" color="gray" onClick={() => setAsking("reset")}>
        {texts.reset}
      </Button>
      {feature.builtIn ? null : (
        <Button variant="subtle" color="bad" onClick={() => setAsking("delete")}>
          {texts.delete}
        </Button>
      )}
      <ConfirmDestroy
        opened={asking === "reset"}
        title={texts.resetTitle(feature.name)}
        about={texts.resetAbout}
        action={texts.reset}
        onConfirm={async () => {
          const next = await resetFeature(client, feature.slug);
          onReset(next);
          await changed(next);
        }}
        onClose={() => setAsking(null)}
      />
      <ConfirmDestroy
        opened={asking === "delete"}
        title={texts.deleteTitle(feature.name)}
        about={texts.deleteAbout}
        action={texts.deleteAction}
        onConfirm={async () => {
          await deleteFeature(client, feature.slug);
          onDeleted();
          await queries.invalidateQueries({ queryKey: featuresQuery(client, id).queryKey });
        }}
        onClose={() => setAsking(null)}
      />
    </Group>
  );
}
