import { Box, Button, Group, Paper, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Badge } from "@/shared/ui/Badge";
import { Problem } from "@/shared/ui/Problem";
import { ProviderMark } from "@/shared/ui/ProviderMark";
import { type Discovery, takeOver } from "../api";
import { texts } from "../texts";

/** Something that was found, with one click to use it. `onTaken` gets the configuration's name. */
export function DiscoveryCard({ found, onTaken }: { found: Discovery; onTaken: (name: string) => void }) {
  const taking = useMutation({ mutationFn: () => takeOver(found.provider), onSuccess: (made) => onTaken(made.name) });
  const about = found.env !== null ? texts.found.key(found.env, found.keyHint ?? "") : `${found.baseUrl ?? ""} · ${texts.found.models(found.models.length)}`;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <ProviderMark provider={found.provider} />
          <Box miw={0}>
            <Text fw={550}>{found.displayName}</Text>
            <Text size="sm" c="dimmed" className="mono" truncate>
              {about}
            </Text>
          </Box>
        </Group>
        {taking.data !== undefined ? (
          <Badge tone="good">{texts.found.taken(taking.data.name)}</Badge>
        ) : (
          <Button variant="default" loading={taking.isPending} onClick={() => taking.mutate()} aria-label={`${texts.found.take}: ${found.displayName}`}>
            {texts.found.take}
          </Button>
        )}
      </Group>
      {taking.error ? (
        <Box mt="sm">
          <Problem error={taking.error} />
        </Box>
      ) : null}
    </Paper>
  );
}
