import { Table, Text, Title } from "@mantine/core";
import { useState } from "react";
import { moment } from "@/shared/format/time";
import { ActionsHead } from "@/shared/ui/ActionsHead";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { Fact, FactHead } from "@/shared/ui/Fact";
import { Loaded } from "@/shared/ui/Loaded";
import { MorePages } from "@/shared/ui/MorePages";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { type Invitation, ROLES } from "../api";
import { useInvitations, useRemovals } from "../hooks";
import { texts } from "../texts";

const words = texts.invitations;

/** The open invitations, for who may take them back. */
export function InvitationList() {
  const invitations = useInvitations(true);
  const { takeBack } = useRemovals();
  const [taken, setTaken] = useState<Invitation | null>(null);
  const [now] = useState(() => Date.now());
  return (
    <section>
      <Title order={2} mt="lg" mb="xs">
        {words.title}
      </Title>
      <Loaded query={invitations} skeleton={null}>
        {(all) =>
          all.length === 0 ? (
            <Text c="dimmed">{words.none}</Text>
          ) : (
            <TableFrame
              label={words.list}
              cards
              head={
                <>
                  <Table.Th>{words.email}</Table.Th>
                  <Table.Th>{words.role}</Table.Th>
                  <FactHead from="sm">{words.expires}</FactHead>
                  <ActionsHead />
                </>
              }
            >
              {all.map((each) => (
                <Table.Tr key={each.id}>
                  <Table.Td>{each.email}</Table.Td>
                  <Fact label={words.role}>{ROLES.filter((role) => role === each.role).map((role) => texts.roles[role])}</Fact>
                  <Fact label={words.expires} from="sm">{new Date(each.expiresAt).getTime() < now ? words.expired : moment(each.expiresAt)}</Fact>
                  <Table.Td ta="right">
                    <RowMenu label={texts.actionsFor(each.email)} actions={[{ label: words.takeBack, run: () => setTaken(each), destroys: true }]} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </TableFrame>
          )
        }
      </Loaded>
      <MorePages query={invitations} />
      {taken === null ? null : (
        <ConfirmDestroy
          opened
          title={words.takingBack(taken.email)}
          about={words.takingBackAbout}
          action={words.takeBack}
          onClose={() => setTaken(null)}
          onConfirm={() => takeBack(taken.id)}
        />
      )}
    </section>
  );
}
