import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

/** For addresses that lead nowhere. */
export function NotFound() {
  return (
    <Stack gap="xs">
      <Title order={1}>There is no such page</Title>
      <Text c="dimmed">The address may be mistyped, or from another version of Trunkline.</Text>
      <Anchor component={Link} to="/">
        Go to Home
      </Anchor>
    </Stack>
  );
}
