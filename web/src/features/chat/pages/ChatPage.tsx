import { Box, Button, Drawer, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { TrunklineError } from "@trunkline/client";
import { History as HistoryIcon } from "lucide-react";
import { useEffect } from "react";
import { usePageTitle } from "@/shared/pageTitle";
import { FullPage } from "@/shared/ui/FullPage";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Problem } from "@/shared/ui/Problem";
import { History } from "../components/History";
import { Start } from "../components/Start";
import { Talk } from "../components/Talk";
import { useConversation } from "../hooks";
import type { ChatSearch } from "../search";
import { texts } from "../texts";
import { prepareMarkdown } from "@/shared/answer/Section";
import classes from "./ChatPage.module.css";

/** Conversations at the left, one of them at the right; on a phone the list is in a drawer. */
export function ChatPage({ conversationId, search, onSearch }: { conversationId: string | null; search: ChatSearch; onSearch: (next: ChatSearch) => void }) {
  useEffect(prepareMarkdown, []);
  const [open, { open: show, close }] = useDisclosure(false);
  const history = <History current={conversationId} q={search.q ?? ""} onQ={(q) => onSearch({ ...search, q: q || undefined })} onGo={close} />;
  return (
    <FullPage>
      <Box className={classes.page}>
        <Box className={classes.history} visibleFrom="md">
          {history}
        </Box>
        <Drawer opened={open} onClose={close} title={texts.history} size={320} padding={0} closeButtonProps={{ "aria-label": texts.cancel }}>
          {history}
        </Drawer>
        <Box className={classes.talk}>
          <Box hiddenFrom="md" className={classes.bar}>
            <Button variant="default" size="xs" leftSection={<HistoryIcon size={14} aria-hidden />} onClick={show}>
              {texts.history}
            </Button>
          </Box>
          <Box className={classes.body}>
            {conversationId === null ? (
              <>
                <Heading title={texts.title} />
                <Start key={`${search.model ?? ""} ${search.prompt ?? ""}`} model={search.model} prompt={search.prompt} />
              </>
            ) : (
              <Opened key={conversationId} id={conversationId} />
            )}
          </Box>
        </Box>
      </Box>
    </FullPage>
  );
}

function Opened({ id }: { id: string }) {
  const conversation = useConversation(id);
  if (conversation.data !== undefined) {
    return (
      <>
        <Heading title={conversation.data.title || texts.untitled} />
        <Talk tree={conversation.data} />
      </>
    );
  }
  const gone = conversation.error instanceof TrunklineError && conversation.error.status === 404;
  return (
    <Box p="lg">
      <Heading title={texts.title} />
      {gone ? <p>{texts.gone}</p> : null}
      {conversation.isError && !gone ? <Problem error={conversation.error} retry={() => void conversation.refetch()} /> : null}
      {conversation.isPending ? <ListSkeleton rows={4} label={texts.loading} /> : null}
    </Box>
  );
}

function Heading({ title }: { title: string }) {
  usePageTitle(title);
  return (
    <VisuallyHidden>
      <h1>{title}</h1>
    </VisuallyHidden>
  );
}
