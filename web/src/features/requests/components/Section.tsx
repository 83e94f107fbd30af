import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A part of a call's life, under its name. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} size="h4" mb="xs">
        {title}
      </Title>
      <Stack gap={6}>{children}</Stack>
    </section>
  );
}
