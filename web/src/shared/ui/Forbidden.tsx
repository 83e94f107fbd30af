import { Paper, Stack, Text, Title } from "@mantine/core";
import { texts } from "@/shared/texts";

/** In place of what one's role does not allow. `needs`: the role that it takes. */
export function Forbidden({ needs }: { needs?: string }) {
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs">
        <Title order={2}>{texts.forbidden.title}</Title>
        <Text c="dimmed">{needs === undefined ? texts.forbidden.anyone : texts.forbidden.about(needs)}</Text>
      </Stack>
    </Paper>
  );
}
