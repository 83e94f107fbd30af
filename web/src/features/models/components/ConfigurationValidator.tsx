import { Button, List, Paper, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { TrunklineError } from "@trunkline/client";
import { Problem } from "@/shared/ui/Problem";
import { type Step, STEPS } from "../draft";
import { texts } from "../texts";

const STEP_OF: Record<string, Step> = { provider: "provider", apiKey: "key", baseUrl: "key", model: "model", name: "save" };

/** What is wrong with a configuration, field by field with a way there: what the form sees itself, and what the server said. */
export function ConfigurationValidator({
  problems,
  error,
  onStep,
  children,
}: {
  problems: Record<string, string>;
  error: unknown;
  onStep?: (step: Step) => void;
  children?: ReactNode;
}) {
  const told = error instanceof TrunklineError ? error.errors.map(({ field, message }): [string, string] => [field, message]) : [];
  const all = [...Object.entries(problems), ...told];
  return (
    <Stack gap="sm">
      {error && told.length === 0 ? <Problem error={error} /> : null}
      {all.length > 0 ? (
        <Paper withBorder p="md" role="alert">
          <Text fw={600} mb={6}>
            {texts.errors.title}
          </Text>
          <List spacing={6} listStyleType="none">
            {all.map(([field, message]) => {
              const step = stepOf(field);
              return (
                <List.Item key={field}>
                  <Text span>{field in problems ? message : `${field}: ${message}`}</Text>{" "}
                  {onStep === undefined ? null : (
                    <Button size="compact-sm" variant="default" onClick={() => onStep(step)}>
                      {texts.errors.goTo(texts.wizard.steps[step])}
                    </Button>
                  )}
                </List.Item>
              );
            })}
          </List>
        </Paper>
      ) : null}
      {children}
    </Stack>
  );
}

function stepOf(field: string): Step {
  return STEP_OF[field] ?? (field.startsWith("configuration") ? "parameters" : (STEPS.at(-1) ?? "save"));
}
