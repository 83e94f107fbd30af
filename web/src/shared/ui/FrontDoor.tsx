import { Card, Center, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { usePageTitle } from "@/shared/pageTitle";

/** The frame of the pages for who is not signed in. */
export function FrontDoor({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <Center mih="100dvh" p="md">
      <Card w="min(400px, 100%)" p="lg" component="main">
        <Stack>
          <div>
            <Title order={1}>{title}</Title>
            <Text c="dimmed">{about}</Text>
          </div>
          {children}
        </Stack>
      </Card>
    </Center>
  );
}
