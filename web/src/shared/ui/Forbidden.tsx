import { Paper, Stack, Text, Title } from "@mantine/core";
import { texts } from "@/shared/texts";

/** In place of what one's role does not allow. `reason`: what it takes. */
export function Forbidden({ reason }: { reason: string }) {
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs">
        <Title order={2}>{texts.forbidden.title}</Title>
        <Text c="dimmed">{reason} {texts.forbidden.next}</Text>
      </Stack>
    </Paper>
  );
}
