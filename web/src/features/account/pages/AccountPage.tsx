import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { PageHeader } from "@/shared/ui/PageHeader";
import { meQuery, signOut } from "../api";
import { PasswordForm } from "../components/PasswordForm";
import { Preferences } from "../components/Preferences";
import { SessionList } from "../components/SessionList";
import { texts } from "../texts";

/** One's own account, and how this browser shows things. */
export function AccountPage() {
  const me = useQuery(meQuery);
  const [asking, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHeader title={texts.account.title} about={me.data === undefined ? texts.account.about : `${me.data.user.name} · ${me.data.user.email}`} />
      <Stack gap="md" maw={760}>
        <Section title={texts.account.preferences}>
          <Preferences />
        </Section>
        <Section title={texts.account.changePassword}>
          <PasswordForm />
        </Section>
        <Section title={texts.account.sessions} about={texts.account.sessionsAbout}>
          <SessionList />
          <Group mt="md">
            <Button variant="default" onClick={open}>
              {texts.account.everywhere}
            </Button>
          </Group>
        </Section>
      </Stack>
      <ConfirmDestroy
        opened={asking}
        title={texts.account.everywhereTitle}
        about={texts.account.everywhereAbout}
        action={texts.account.everywhere}
        onConfirm={() => signOut(true)}
        onClose={close}
      />
    </>
  );
}

function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      {about === undefined ? null : (
        <Text c="dimmed" mb="sm">
          {about}
        </Text>
      )}
      {children}
    </Paper>
  );
}
