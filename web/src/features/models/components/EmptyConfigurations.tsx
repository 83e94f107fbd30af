import { Code, Paper, Stack, Text, Title } from "@mantine/core";

/** What to do while there is none. */
export function EmptyConfigurations() {
  return (
    <Paper withBorder p="lg">
      <Stack gap="xs">
        <Title order={2}>No configuration yet</Title>
        <Text>
          A configuration is a name that your programs call: a provider, a model and the key that opens it. Add the first
          one on the server's machine:
        </Text>
        <Code block>trunkline configurations add work --provider openai --model gpt-4o-mini</Code>
        <Text c="dimmed">It asks for the key, and shows it nowhere. The configuration then stands here.</Text>
      </Stack>
    </Paper>
  );
}
