import { ActionIcon, Box, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";
import { ModelPicker } from "@/shared/choices/ModelPicker";
import { FullPage } from "@/shared/ui/FullPage";
import { PageHeader } from "@/shared/ui/PageHeader";
import { Problem } from "@/shared/ui/Problem";
import { CompareColumn } from "../components/CompareColumn";
import { Composer } from "../components/Composer";
import type { CompareSearch } from "../search";
import { texts } from "../texts";
import { useComparing } from "../useComparing";
import classes from "./ComparePage.module.css";

/** Two or three models answer the same prompt. All of it stands in the address, so that a reload goes on. */
export function ComparePage({ search, onSearch }: { search: CompareSearch; onSearch: (next: CompareSearch) => void }) {
  const comparing = useComparing(search, onSearch);
  const { models, talks } = comparing;
  return (
    <FullPage>
      <Box className={classes.page}>
        <PageHeader
          title={texts.compare}
          about={texts.compareAbout}
          actions={
            <>
              {talks.length === 0 ? null : (
                <Button variant="default" onClick={comparing.startAnew} disabled={comparing.running}>
                  {texts.startAnew}
                </Button>
              )}
              <Button variant="default" renderRoot={(props) => <Link to="/chat" search={{}} {...props} />}>
                {texts.backToChat}
              </Button>
            </>
          }
        />
        <Box className={classes.columns} data-count={models.length}>
          {models.map((model, place) => (
            <Box key={place} component="section" aria-label={texts.compared(place + 1)} className={classes.column}>
              <Group gap={4} wrap="nowrap">
                <Box flex={1}>
                  <ModelPicker value={model} onChange={(value) => comparing.choose(place, value)} label={texts.compared(place + 1)} />
                </Box>
                {models.length > 2 ? (
                  <ActionIcon variant="subtle" color="gray" size={32} aria-label={texts.removeModel(place + 1)} onClick={() => comparing.remove(place)}>
                    <X size={14} aria-hidden />
                  </ActionIcon>
                ) : null}
              </Group>
              {talks[place] === undefined ? (
                <Text c="dimmed" mt="md">
                  {texts.comparePrompt}
                </Text>
              ) : (
                <CompareColumn
                  key={talks[place]}
                  id={talks[place]}
                  talkWith={model ?? ""}
                  chosen={comparing.chosen === talks[place]}
                  onChoose={comparing.running ? null : () => comparing.setChosen(talks[place] ?? null)}
                />
              )}
            </Box>
          ))}
        </Box>
        <Box className={classes.foot}>
          {comparing.error === null ? null : <Problem error={comparing.error} />}
          <Composer
            place="compare"
            talkWith={models[0] ?? ""}
            onTalkWith={null}
            onSend={comparing.ask}
            onStop={comparing.running ? comparing.stop : null}
          >
            {models.length < 3 ? (
              <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={comparing.add} disabled={comparing.running}>
                {texts.addModel}
              </Button>
            ) : null}
          </Composer>
        </Box>
      </Box>
    </FullPage>
  );
}
