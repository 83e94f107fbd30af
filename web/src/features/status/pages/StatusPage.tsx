import { Button, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useUrlChoice } from "@/shared/search";
import { Choices } from "@/shared/ui/Choices";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { StaleNote } from "@/shared/ui/StaleNote";
import { useWorkspace } from "@/shared/workspace";
import { SIZES, statusPagesQuery } from "../api";
import { StatusList } from "../components/StatusList";
import { useLiveStatus } from "../live";
import { texts } from "../texts";

/** How each provider and configuration is and was, as it happens. */
export function StatusPage() {
  const { client, id } = useWorkspace();
  const [size, setSize] = useUrlChoice("cell", SIZES, "quarter");
  const status = useInfiniteQuery(statusPagesQuery(client, id, size));
  useLiveStatus();
  const providers = status.data?.pages[0]?.items.providers ?? [];
  const configurations = status.data?.pages.flatMap((page) => page.items.configurations) ?? [];
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} />
      {status.error && status.data === undefined ? (
        <Problem error={status.error} retry={() => void status.refetch()} />
      ) : status.isPending ? (
        <ListSkeleton rows={5} label={texts.loading} />
      ) : configurations.length === 0 ? (
        <EmptyState title={texts.empty.title} command="trunkline configurations add work --provider openai --model gpt-4o-mini">
          {texts.empty.about}
        </EmptyState>
      ) : (
        <Stack gap="lg">
          {status.isError ? <StaleNote since={status.dataUpdatedAt} /> : null}
          <Group gap="sm">
            <Choices label={texts.cells} choices={SIZES.map((each) => [each, texts.sizes[each]] as const)} value={size} onChange={setSize} />
            <Text size="sm" c="dimmed">
              {texts.legend[size]}
            </Text>
          </Group>
          <StatusList
            title={texts.providers}
            rows={providers.map((each) => Object.assign({}, each, { key: each.provider, name: each.displayName, about: texts.counted(each.configurations), search: { provider: each.provider } }))}
          />
          <StatusList
            title={texts.configurations}
            rows={configurations.map((each) => Object.assign({}, each, { key: each.configurationId, about: each.model ?? texts.anyModel, search: { configurationId: each.configurationId } }))}
          />
          {status.hasNextPage ? (
            <Group>
              <Button variant="default" loading={status.isFetchingNextPage} onClick={() => void status.fetchNextPage()}>
                {texts.more}
              </Button>
            </Group>
          ) : null}
        </Stack>
      )}
    </>
  );
}
