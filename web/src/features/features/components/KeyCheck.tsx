import { Button, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { notifyFailed } from "@/shared/ui/notify";
import { Badge } from "@/shared/ui/Badge";
import { useWorkspace } from "@/shared/workspace";
import { type FeatureSettings, validateKey } from "../api";
import { texts } from "../texts";

/** Asks OpenRouter whether it takes the key that was typed, or else the one that serves. Saves nothing. */
export function KeyCheck({ feature, seal }: { feature: FeatureSettings; seal: () => Promise<string | null> }) {
  const { client } = useWorkspace();
  const checking = useMutation({ mutationFn: async () => validateKey(client, feature.slug, await seal()), onError: notifyFailed });
  if (feature.target !== null) return null;
  if (checking.data !== undefined) {
    return (
      <Tooltip label={checking.data.message} multiline maw={320}>
        <span>
          <Badge tone={checking.data.success ? "good" : "bad"}>{checking.data.success ? texts.accepted : texts.rejected}</Badge>
        </span>
      </Tooltip>
    );
  }
  return (
    <Button variant="default" size="compact-xs" loading={checking.isPending} onClick={() => checking.mutate()} aria-label={`${texts.check}: ${texts.key}`}>
      {texts.check}
    </Button>
  );
}
