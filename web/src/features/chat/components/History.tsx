import { ActionIcon, Box, Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useState } from "react";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Problem } from "@/shared/ui/Problem";
import { useWorkspace } from "@/shared/workspace";
import { conversationsQuery } from "../api";
import { texts } from "../texts";
import classes from "./History.module.css";
import { HistoryItem } from "./HistoryItem";

const TYPING_MS = 250;

/** One's conversations, with a search through all that was said. `onGo`: one was chosen. */
export function History({ current, q, onQ, onGo }: { current: string | null; q: string; onQ: (q: string) => void; onGo: () => void }) {
  const { client, id } = useWorkspace();
  const list = useInfiniteQuery(conversationsQuery(client, id, q));
  const [typed, setTyped] = useState(q);
  const search = useDebouncedCallback(onQ, TYPING_MS);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Box component="section" aria-label={texts.history} className={classes.frame}>
      <Group gap="xs" wrap="nowrap" className={classes.head}>
        <TextInput
          flex={1}
          leftSection={<Search size={14} aria-hidden />}
          aria-label={texts.search}
          placeholder={texts.search}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            search(event.currentTarget.value.trim());
          }}
        />
        <ActionIcon size={36} variant="filled" aria-label={texts.start} renderRoot={(props) => <Link to="/chat" onClick={onGo} {...props} />}>
          <Plus size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <Box className={classes.list}>
        {list.isError && items.length === 0 ? <Problem error={list.error} retry={() => void list.refetch()} /> : null}
        {list.isPending ? <ListSkeleton rows={4} label={texts.history} /> : null}
        {list.isSuccess && items.length === 0 ? (
          <Text size="sm" c="dimmed" p="sm">
            {q === "" ? texts.none : texts.noneFound}
          </Text>
        ) : null}
        <ul className={classes.items}>
          {items.map((conversation) => (
            <HistoryItem key={conversation.id} conversation={conversation} active={conversation.id === current} onGo={onGo} />
          ))}
        </ul>
        {list.hasNextPage ? (
          <Button variant="default" size="xs" m="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {texts.more}
          </Button>
        ) : null}
      </Box>
    </Box>
  );
}
